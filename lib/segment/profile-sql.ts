import { type SQL, sql } from 'drizzle-orm';
import { type Identifier, identifierBit, reachableMask } from '@/lib/identity/identifiers';
import type { Has, InBucket, PropertyCondition } from './definition';
import { builtInProperties } from './property-condition';
import { jsonValue, type Moment, propertySql, type Value } from './property-sql';

/** Tests on the row `p` of the profile; never NULL. */

export const propertyTest = (condition: PropertyCondition, moment: Moment): SQL =>
  propertySql(condition, profileValue(condition.property), moment);

export function hasTest({ has: name }: Has): SQL {
  const mask = name === 'reachable' ? reachableMask : identifierBit[name satisfies Identifier];
  return sql`((p.identifier_mask & ${mask}) <> 0)`;
}

export const bucketTest = ({ bucket: [from, to] }: InBucket): SQL => sql`(p.bucket between ${from} and ${to})`;

const builtInColumns: Record<keyof typeof builtInProperties, SQL> = {
  $firstSeen: sql`p.first_seen`,
  $lastSeen: sql`p.last_seen`,
  $country: sql`p.country`,
  $city: sql`p.city`,
  $language: sql`p.language`,
  $platform: sql`p.platform`,
};

export function profileValue(name: string): Value {
  if (!Object.hasOwn(builtInProperties, name)) {
    const json = jsonValue(sql`p.properties`, name);
    return name.includes('.') ? { json } : { json, within: { object: sql`p.properties`, key: name } };
  }
  const builtIn = name as keyof typeof builtInProperties;
  const column = builtInColumns[builtIn];
  const exists = sql`(${column} is not null)`;
  return builtInProperties[builtIn] === 'date'
    ? { json: sql`null::jsonb`, instant: column, exists }
    : { json: sql`to_jsonb(${column})`, text: column, exists };
}
