import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The published CDNOW purchases, which lie beside the project and never in it; BECKON_CDNOW_FILE names another place. */
export const cdnowFile =
  process.env.BECKON_CDNOW_FILE ?? path.resolve(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'cdnow', 'CDNOW_master.txt');

export const cdnowIsThere = existsSync(cdnowFile);

export type Purchase = { customer: string /** YYYY-MM-DD */; day: string; cds: number; amount: number };

export async function readPurchases(): Promise<Purchase[]> {
  const lines = (await readFile(cdnowFile, 'utf8')).trim().split(/\r?\n/).slice(1);
  return lines.map((line) => {
    const [customer = '', date = '', cds = '', amount = ''] = line.trim().split(/\s+/);
    return { customer, day: `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`, cds: Number(cds), amount: Number(amount) };
  });
}

/** The two files a shop would export: one row a customer with a synthetic e-mail, one row a purchase. */
export function cdnowCsv(purchases: readonly Purchase[]): { users: string; events: string } {
  const customers = [...new Set(purchases.map((purchase) => purchase.customer))];
  const users = customers.map((customer) => `${customer},customer${customer}@example.com`);
  const events = purchases.map(({ customer, day, cds, amount }) => `${customer},Purchased,${day},${cds},${amount}`);
  return {
    users: `${['userId,email', ...users].join('\n')}\n`,
    events: `${['userId,event,timestamp,cds,amount', ...events].join('\n')}\n`,
  };
}
