/** ISO 3166-1 alpha-3 and alpha-2, which Intl does not know how to map. */
const alpha3 =
  'AFG:AF ALA:AX ALB:AL DZA:DZ ASM:AS AND:AD AGO:AO AIA:AI ATA:AQ ATG:AG ARG:AR ARM:AM ABW:AW AUS:AU AUT:AT AZE:AZ BHS:BS BHR:BH BGD:BD ' +
  'BRB:BB BLR:BY BEL:BE BLZ:BZ BEN:BJ BMU:BM BTN:BT BOL:BO BES:BQ BIH:BA BWA:BW BVT:BV BRA:BR IOT:IO BRN:BN BGR:BG BFA:BF BDI:BI CPV:CV ' +
  'KHM:KH CMR:CM CAN:CA CYM:KY CAF:CF TCD:TD CHL:CL CHN:CN CXR:CX CCK:CC COL:CO COM:KM COG:CG COD:CD COK:CK CRI:CR CIV:CI HRV:HR CUB:CU ' +
  'CUW:CW CYP:CY CZE:CZ DNK:DK DJI:DJ DMA:DM DOM:DO ECU:EC EGY:EG SLV:SV GNQ:GQ ERI:ER EST:EE SWZ:SZ ETH:ET FLK:FK FRO:FO FJI:FJ FIN:FI ' +
  'FRA:FR GUF:GF PYF:PF ATF:TF GAB:GA GMB:GM GEO:GE DEU:DE GHA:GH GIB:GI GRC:GR GRL:GL GRD:GD GLP:GP GUM:GU GTM:GT GGY:GG GIN:GN GNB:GW ' +
  'GUY:GY HTI:HT HMD:HM VAT:VA HND:HN HKG:HK HUN:HU ISL:IS IND:IN IDN:ID IRN:IR IRQ:IQ IRL:IE IMN:IM ISR:IL ITA:IT JAM:JM JPN:JP JEY:JE ' +
  'JOR:JO KAZ:KZ KEN:KE KIR:KI PRK:KP KOR:KR KWT:KW KGZ:KG LAO:LA LVA:LV LBN:LB LSO:LS LBR:LR LBY:LY LIE:LI LTU:LT LUX:LU MAC:MO MDG:MG ' +
  'MWI:MW MYS:MY MDV:MV MLI:ML MLT:MT MHL:MH MTQ:MQ MRT:MR MUS:MU MYT:YT MEX:MX FSM:FM MDA:MD MCO:MC MNG:MN MNE:ME MSR:MS MAR:MA MOZ:MZ ' +
  'MMR:MM NAM:NA NRU:NR NPL:NP NLD:NL NCL:NC NZL:NZ NIC:NI NER:NE NGA:NG NIU:NU NFK:NF MKD:MK MNP:MP NOR:NO OMN:OM PAK:PK PLW:PW PSE:PS ' +
  'PAN:PA PNG:PG PRY:PY PER:PE PHL:PH PCN:PN POL:PL PRT:PT PRI:PR QAT:QA REU:RE ROU:RO RUS:RU RWA:RW BLM:BL SHN:SH KNA:KN LCA:LC MAF:MF ' +
  'SPM:PM VCT:VC WSM:WS SMR:SM STP:ST SAU:SA SEN:SN SRB:RS SYC:SC SLE:SL SGP:SG SXM:SX SVK:SK SVN:SI SLB:SB SOM:SO ZAF:ZA SGS:GS SSD:SS ' +
  'ESP:ES LKA:LK SDN:SD SUR:SR SJM:SJ SWE:SE CHE:CH SYR:SY TWN:TW TJK:TJ TZA:TZ THA:TH TLS:TL TGO:TG TKL:TK TON:TO TTO:TT TUN:TN TUR:TR ' +
  'TKM:TM TCA:TC TUV:TV UGA:UG UKR:UA ARE:AE GBR:GB USA:US UMI:UM URY:UY UZB:UZ VUT:VU VEN:VE VNM:VN VGB:VG VIR:VI WLF:WF ESH:EH YEM:YE ' +
  'ZMB:ZM ZWE:ZW';

/** Names people write that Intl's display names lack. */
const otherNames: Record<string, string> = {
  uk: 'GB',
  'u k': 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  'great britain': 'GB',
  britain: 'GB',
  'u s': 'US',
  'u s a': 'US',
  america: 'US',
  'united states of america': 'US',
  holland: 'NL',
  'the netherlands': 'NL',
  turkey: 'TR',
  'czech republic': 'CZ',
  macedonia: 'MK',
  burma: 'MM',
  'ivory coast': 'CI',
  'cape verde': 'CV',
  swaziland: 'SZ',
  'republic of korea': 'KR',
  korea: 'KR',
  'russian federation': 'RU',
  'viet nam': 'VN',
  uae: 'AE',
  bharat: 'IN',
  brasil: 'BR',
};

/** ISO 3166-1 alpha-2, upper case, every one. */
export const countryCodes: readonly string[] = alpha3.split(' ').map((pair) => pair.slice(-2));

const known = new Set(countryCodes);
const inEnglish = new Intl.DisplayNames(['en'], { type: 'region' });

/** In English; null for what is no code of {@link countryCodes}. */
export const countryName = (code: string): string | null => (known.has(code) ? (inEnglish.of(code) ?? code) : null);

const fold = (name: string) =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/&/g, ' and ')
    .replace(/[^\p{L}]+/gu, ' ')
    .trim();

let byName: Map<string, string> | undefined;

function countryNames(): Map<string, string> {
  if (byName) return byName;
  const names = new Map<string, string>();
  for (const pair of alpha3.split(' ')) {
    const [three = '', two = ''] = pair.split(':');
    names.set(two.toLowerCase(), two);
    names.set(three.toLowerCase(), two);
  }
  const codes = new Set(names.values());
  // English first: where two languages give one name to two countries, the English reading stands.
  for (const language of ['en', 'de', 'fr', 'es', 'pt', 'it', 'nl']) {
    const display = new Intl.DisplayNames([language], { type: 'region' });
    for (const code of codes) {
      const name = fold(display.of(code) ?? code);
      if (!names.has(name)) names.set(name, code);
    }
  }
  for (const [name, code] of Object.entries(otherNames)) names.set(name, code);
  byName = names;
  return names;
}

/** ISO 3166-1 alpha-2, upper case, of a code (2 or 3 letters) or a name in one of seven languages; null when it can't be told. */
export function countryCode(text: string): string | null {
  return countryNames().get(fold(text)) ?? null;
}

const states =
  'alabama:al alaska:ak arizona:az arkansas:ar california:ca colorado:co connecticut:ct delaware:de districtofcolumbia:dc florida:fl ' +
  'georgia:ga hawaii:hi idaho:id illinois:il indiana:in iowa:ia kansas:ks kentucky:ky louisiana:la maine:me maryland:md massachusetts:ma ' +
  'michigan:mi minnesota:mn mississippi:ms missouri:mo montana:mt nebraska:ne nevada:nv newhampshire:nh newjersey:nj newmexico:nm ' +
  'newyork:ny northcarolina:nc northdakota:nd ohio:oh oklahoma:ok oregon:or pennsylvania:pa rhodeisland:ri southcarolina:sc ' +
  'southdakota:sd tennessee:tn texas:tx utah:ut vermont:vt virginia:va washington:wa westvirginia:wv wisconsin:wi wyoming:wy ' +
  'puertorico:pr guam:gu americansamoa:as virginislands:vi northernmarianaislands:mp washingtondc:dc';

const stateCodes = new Map(states.split(' ').map((pair) => pair.split(':') as [string, string]));

/** @param letters the state's name, lower case, letters only @returns its postal code, lower case, or undefined. */
export const usStateCode = (letters: string): string | undefined => stateCodes.get(letters);
