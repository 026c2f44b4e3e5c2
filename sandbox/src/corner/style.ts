import { css } from "@suyuan/look/tokens"

/** One style sheet for all pages of the sandbox: tokens of `look`, nothing loaded from outside. */
export function styleSheet(): string {
  return `${css()}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 400 var(--text-16)/1.5 var(--font); }
h1, h2, h3, p { margin: 0; }
h1 { font-size: var(--text-28); line-height: 1.2; }
h2 { font-size: var(--text-20); line-height: 1.3; }
h3 { font-size: var(--text-16); }
a { color: var(--sky); }
[hidden] { display: none !important; }
:focus-visible { outline: 3px solid var(--sky); outline-offset: 2px; }
.top { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; padding: 8px 16px; border-bottom: 1px solid var(--line); }
.mark { font-weight: 700; color: var(--chilli); border: 2px solid var(--chilli); border-radius: 4px; padding: 0 6px; line-height: 1.4; }
.badge { background: var(--grain-ink); color: var(--card); border-radius: 4px; padding: 0 8px; font-size: var(--text-14); font-weight: 600; }
.note { color: var(--ink-soft); font-size: var(--text-14); }
.switch { margin-left: auto; min-height: 44px; display: inline-flex; align-items: center; padding: 0 8px; }
main { padding: 16px; max-width: 1200px; margin: 0 auto; }
main.single { max-width: 480px; display: grid; gap: 16px; }
.lead { color: var(--ink-soft); margin-top: 4px; max-width: 80ch; }
.corner { display: grid; gap: 24px; margin-top: 16px; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 900px) {
  .corner { grid-template: "stall phone" auto "books phone" auto "faults phone" 1fr / minmax(0, 1fr) 400px; align-items: start; }
  .at-stall { grid-area: stall; } .at-phone { grid-area: phone; } .at-books { grid-area: books; } .at-faults { grid-area: faults; }
}
.card { background: var(--card); border-radius: var(--radius); box-shadow: 0 2px 12px var(--shadow); padding: 16px; }
.stack { display: grid; gap: 12px; }
button, .button { font: inherit; font-weight: 600; min-height: 44px; padding: 8px 16px; border-radius: 8px; border: 1px solid var(--line); background: var(--card); color: var(--ink); cursor: pointer; text-decoration: none; display: inline-flex; align-items: center; justify-content: center; }
button:hover, .button:hover { border-color: var(--ink-soft); }
button[aria-pressed="true"], button[aria-checked="true"] { border-color: var(--leaf); box-shadow: inset 0 0 0 1px var(--leaf); }
button:disabled { opacity: 0.55; cursor: default; }
.primary { background: var(--leaf); border-color: var(--leaf); color: var(--on-leaf); width: 100%; min-height: 52px; font-size: var(--text-20); }
.row { display: flex; flex-wrap: wrap; gap: 8px; }
.row > * { flex: 1 1 auto; }
select { font: inherit; min-height: 44px; border-radius: 8px; border: 1px solid var(--line); background: var(--card); color: var(--ink); padding: 0 8px; max-width: 100%; }
.choices { list-style: none; padding: 0; margin: 0; display: grid; gap: 8px; }
.choices .button { width: 100%; }
.stall { text-align: center; display: grid; gap: 12px; justify-items: center; }
.stall .name { font-size: var(--text-28); font-weight: 700; }
.qr { width: min(100%, 380px); height: auto; aspect-ratio: 1; background: #fff; border-radius: 8px; border: 1px solid var(--line); padding: 8px; }
.empty { padding: 48px 16px; text-align: center; color: var(--ink-soft); display: grid; gap: 8px; justify-items: center; }
.empty .shape { font-size: var(--text-44); line-height: 1; }
.count { font-variant-numeric: tabular-nums; color: var(--ink-soft); }
.phone { background: var(--ink); border-radius: 32px; padding: 12px; max-width: 400px; width: 100%; margin: 0 auto; }
@media (prefers-color-scheme: dark) { .phone { background: var(--line); } }
.glass { background: var(--paper); border-radius: 22px; min-height: 640px; display: flex; flex-direction: column; overflow: hidden; }
.bar { display: flex; justify-content: space-between; gap: 8px; padding: 10px 16px; background: var(--card); border-bottom: 1px solid var(--line); font-size: var(--text-14); }
.screen { flex: 1; display: grid; gap: 12px; padding: 16px; align-content: start; }
.screen:focus { outline: none; }
.slip { background: var(--card); border-radius: var(--radius) var(--radius) 0 0; padding: 16px; display: grid; gap: 12px; position: relative; box-shadow: 0 2px 12px var(--shadow); margin-bottom: 10px; }
.slip::after { content: ""; position: absolute; left: 0; right: 0; bottom: -8px; height: 8px; background: linear-gradient(135deg, var(--card) 50%, transparent 50%) 0 0 / 16px 8px repeat-x, linear-gradient(225deg, var(--card) 50%, transparent 50%) 0 0 / 16px 8px repeat-x; }
.center { justify-self: center; }
.slip header { display: grid; gap: 2px; }
.soft { color: var(--ink-soft); font-size: var(--text-14); }
.line { display: grid; grid-template-columns: 1fr auto; gap: 0 12px; padding: 8px 0; border-top: 1px dashed var(--line); }
.whole { grid-column: 1 / -1; font-size: var(--text-14); }
.money { font-variant-numeric: tabular-nums; white-space: nowrap; }
.total { font-size: var(--text-44); font-weight: 700; line-height: 1.1; text-align: center; }
.state { display: flex; gap: 8px; align-items: baseline; font-weight: 600; }
.paid { color: var(--leaf); } .waiting { color: var(--grain-ink); } .refused { color: var(--chilli); }
.digits { font-size: var(--text-44); font-weight: 700; letter-spacing: 0.06em; font-variant-numeric: tabular-nums; text-align: center; }
.sheet { background: var(--card); border: 2px solid var(--leaf); border-radius: var(--radius); padding: 16px; display: grid; gap: 12px; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: var(--text-14); }
caption { text-align: left; font-weight: 600; padding: 8px 0; }
th, td { text-align: left; padding: 6px 12px 6px 0; border-top: 1px solid var(--line); white-space: nowrap; }
th.money, td.money { text-align: right; }
.mono { font-family: ui-monospace, "Cascadia Mono", Consolas, monospace; font-size: var(--text-12); }
summary { padding: 10px 0; cursor: pointer; font-weight: 600; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.middle { text-align: center; }
iframe { width: 100%; min-height: 560px; border: 0; background: #fff; }
@media (max-width: 420px) { main { padding: 12px; } .glass { min-height: 560px; } .phone { padding: 8px; border-radius: 26px; } }
`
}
