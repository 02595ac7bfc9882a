/** Text made safe for HTML, attribute values too. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

export interface Page {
  title: string;
  /** HTML. */
  body: string;
  /** Without the Ads Manager frame. */
  bare?: boolean;
  /** Which part of the Ads Manager this is. */
  part?: string;
}

const parts = [
  { name: 'Ad accounts', path: '/ads-manager' },
  { name: 'Audiences', path: '/ads-manager/audiences' },
  { name: 'Ad sets', path: '/ads-manager/ad-sets' },
  { name: 'Switches', path: '/ads-manager/switches' },
  { name: 'Requests', path: '/ads-manager/requests' },
];

/** A whole HTML document; styles inline, nothing is fetched. */
export function page({ title, body, bare = false, part }: Page): string {
  const links = parts.map(({ name, path }) => `<a href="${path}"${name === part ? ' aria-current="page"' : ''}>${name}</a>`).join('');
  const frame = bare
    ? `<main class="bare">${body}</main>`
    : `<header><div class="brand"><b>Ads Manager</b><span class="tag">Sandbox</span></div><nav aria-label="Ads Manager">${links}</nav></header><main>${body}</main>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)} · Ads Manager sandbox</title><link rel="icon" href="data:,"><style>${style}</style></head><body>${frame}</body></html>`;
}

const style = `
:root{color-scheme:light dark;--bg:#f5f6f8;--card:#fff;--ink:#1b2230;--soft:#5c6675;--line:#e1e5eb;--accent:#0a5fd6;--on:#fff;--good:#13734a;--goodbg:#e2f4ea;--warn:#8a5a00;--warnbg:#fdf0d5;--bad:#b3261e;--badbg:#fbe4e2;--mark:#eef2f8}
@media (prefers-color-scheme:dark){:root{--bg:#12151b;--card:#1a1f28;--ink:#e8ecf3;--soft:#9aa5b6;--line:#2b3240;--accent:#7fb2ff;--on:#0c1420;--good:#74d3a3;--goodbg:#16382a;--warn:#f0c268;--warnbg:#3a2e12;--bad:#ff9d95;--badbg:#42201d;--mark:#232a36}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header{background:var(--card);border-bottom:1px solid var(--line);padding:0 24px;display:flex;gap:28px;align-items:center;flex-wrap:wrap}
.brand{display:flex;gap:8px;align-items:center;padding:14px 0}.tag{font-size:11px;font-weight:600;letter-spacing:.06em;text-transform:uppercase;color:var(--warn);background:var(--warnbg);border-radius:4px;padding:2px 6px}
nav{display:flex;gap:4px;overflow-x:auto;max-width:100%}nav a{color:var(--soft);text-decoration:none;padding:15px 10px 13px;border-bottom:2px solid transparent;white-space:nowrap}nav a:hover{color:var(--ink)}nav a[aria-current]{color:var(--ink);border-color:var(--accent);font-weight:600}
main{max-width:1120px;margin:0 auto;padding:28px 24px 64px}main.bare{max-width:520px;padding-top:48px}
h1{font-size:24px;line-height:1.25;margin:0 0 6px;letter-spacing:-.01em;overflow-wrap:anywhere}h2{font-size:16px;margin:32px 0 10px}p{margin:0 0 12px}
.lead{color:var(--soft);margin-bottom:20px;max-width:70ch}.muted,small{color:var(--soft)}small{display:block;font-size:13px}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:18px 20px;margin-bottom:16px}.dialog{padding:28px}
.grid{display:grid;gap:16px;grid-template-columns:repeat(auto-fill,minmax(300px,1fr))}.grid .card{margin:0}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:18px 0}.figures>div{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 16px}.figures b{display:block;font-size:20px;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.table{background:var(--card);border:1px solid var(--line);border-radius:10px;overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{text-align:left;padding:10px 14px;border-bottom:1px solid var(--line);vertical-align:top}tr:last-child td{border-bottom:0}th{font-size:12px;font-weight:600;color:var(--soft);white-space:nowrap}td.n,th.n{text-align:right}
code{font:13px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--mark);border-radius:4px;padding:1px 5px;overflow-wrap:anywhere}
a{color:var(--accent)}.pill{display:inline-block;border-radius:999px;padding:1px 9px;font-size:12px;font-weight:600;background:var(--mark);color:var(--soft);white-space:nowrap}.pill.good{background:var(--goodbg);color:var(--good)}.pill.warn{background:var(--warnbg);color:var(--warn)}.pill.bad{background:var(--badbg);color:var(--bad)}
.notice{border-radius:8px;padding:10px 14px;margin:12px 0;background:var(--mark)}.notice.good{background:var(--goodbg);color:var(--good)}.notice.bad{background:var(--badbg);color:var(--bad)}.notice.warn{background:var(--warnbg);color:var(--warn)}
button,.button{font:inherit;font-weight:600;border:1px solid var(--line);background:var(--card);color:var(--ink);border-radius:8px;padding:8px 14px;cursor:pointer;text-decoration:none;display:inline-block}button:hover{background:var(--mark)}button.primary{background:var(--accent);border-color:var(--accent);color:var(--on)}button.danger{color:var(--bad)}
input[type=text],input[type=email],input[type=search],select{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--line);border-radius:8px;padding:8px 12px;min-width:0;max-width:100%}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}.row{display:flex;gap:10px;flex-wrap:wrap;align-items:center}.row>input[type=text],.row>input[type=email],.row>input[type=search]{flex:1 1 220px}
fieldset{border:0;padding:0;margin:18px 0}legend{font-weight:600;padding:0;margin-bottom:6px}.choice{display:flex;gap:12px;align-items:flex-start;padding:9px 10px;border-radius:8px;cursor:pointer}.choice:hover{background:var(--mark)}.choice input{margin-top:5px}
form.inline{display:inline}.switch{display:flex;justify-content:space-between;gap:16px;align-items:center;padding:12px 0;border-bottom:1px solid var(--line);flex-wrap:wrap}.switch:last-child{border-bottom:0}
ul.plain{list-style:none;margin:0;padding:0}.empty{padding:36px 20px;text-align:center;color:var(--soft)}
.table code{white-space:nowrap}td{min-width:84px}
@media (max-width:600px){header{padding:0 16px;gap:0}main{padding:20px 16px 48px}main.bare{padding-top:16px}.dialog{padding:20px}th,td{padding:9px 10px}}
`;
