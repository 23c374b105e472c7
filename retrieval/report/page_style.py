"""How the page looks: one column for reading, paper and ink by day and by night, two hues that colour-blind eyes tell
apart (Okabe and Ito's blue and vermilion). No font and no picture comes from elsewhere.
"""

STYLE = """
:root{color-scheme:light dark;--paper:#fcfbf8;--card:#ffffff;--ink:#23262b;--soft:#63676e;--faint:#e6e3dc;
--hit:#0072b2;--recall:#c8551b;--chance:#8a8d93;--ceiling:#5d7f6b;--warn:#8a5a00;--warn-paper:#fbf3df;--own:#0072b2;
--serif:"Iowan Old Style","Palatino Linotype",Palatino,"Book Antiqua",Georgia,serif;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
@media (prefers-color-scheme:dark){:root{--paper:#15171a;--card:#1b1e22;--ink:#e4e2dc;--soft:#a0a3a8;--faint:#32363c;
--hit:#5ab4e8;--recall:#f0975a;--chance:#8e9299;--ceiling:#8fb8a0;--warn:#f0c36a;--warn-paper:#2b2517;--own:#3f94c8}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.6 var(--serif)}
main{max-width:1010px;margin:0 auto;padding:56px 24px 96px}
h1{font-size:2.3rem;line-height:1.15;font-weight:600;letter-spacing:-.015em;margin:.1em 0 .4em}
h2{font-size:1.65rem;line-height:1.25;font-weight:600;margin:0 0 .3em;letter-spacing:-.01em}
h3{font-size:1.3rem;font-weight:600;margin:0 0 .5em;line-height:1.3}
h4{font:600 .82rem/1.4 var(--sans);color:var(--soft);margin:2.4em 0 .9em;letter-spacing:.02em}
p{margin:0 0 .9em;max-width:68ch}
a{color:inherit;text-decoration-color:var(--chance);text-underline-offset:3px}
a:focus-visible,summary:focus-visible{outline:2px solid var(--hit);outline-offset:3px;border-radius:2px}
.kicker{font:600 .8rem/1.4 var(--sans);color:var(--hit);letter-spacing:.04em;margin:0}
.lead{font-size:1.12rem;color:var(--soft)}
.small,figcaption,.id{font:.8rem/1.5 var(--sans);color:var(--soft)}
.id{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.72rem}
.item .id{white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.ids{overflow-wrap:anywhere}
section.document{margin-top:88px;border-top:2px solid var(--ink);padding-top:22px}
section.task{margin-top:44px;padding:30px 34px 34px;background:var(--card);
border:1px solid var(--faint);border-radius:10px}
section.box{margin-top:48px;padding:22px 28px;border:1px solid var(--faint);border-radius:10px;background:var(--card)}
.tag{display:inline-block;
font:600 .74rem/1 var(--sans);padding:5px 9px;border-radius:99px;border:1px solid var(--faint);
color:var(--soft);margin-left:10px;vertical-align:middle;letter-spacing:0}
.headline{display:flex;flex-wrap:wrap;gap:6px 34px;align-items:flex-end;margin:1.3em 0 .3em}
.headline .big{font-size:3.9rem;line-height:1;letter-spacing:-.03em;font-variant-numeric:lining-nums tabular-nums}
.headline dl{display:flex;flex-wrap:wrap;gap:4px 28px;margin:0 0 .3em;font-family:var(--sans)}
.headline dt{font-size:.74rem;color:var(--soft)}
.headline dd{margin:0;font-size:1rem;font-variant-numeric:tabular-nums}
.headline .measure{font:600 .82rem/1.4 var(--sans);color:var(--soft)}
.note{background:var(--warn-paper);border-left:3px solid var(--warn);padding:10px 16px;margin:.7em 0;
font:.92rem/1.5 var(--sans);border-radius:0 6px 6px 0;max-width:78ch}
.note b{color:var(--warn);margin-right:.5em}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,380px),1fr));gap:22px 34px;align-items:start}
figure{margin:0;min-width:0}.pair>.wide{grid-column:1/-1}
svg rect{rx:3px}svg [class^=bar]{rx:2px}
figcaption{margin-top:.5em;max-width:64ch}
.scroll{overflow-x:auto;-webkit-overflow-scrolling:touch}
svg{display:block;max-width:100%;height:auto;overflow:visible}
.scroll svg{max-width:none}
svg text{font:12px var(--sans);fill:var(--soft);font-variant-numeric:tabular-nums}
svg .head{font-weight:600;fill:var(--ink);font-size:13px}
svg .name{fill:var(--ink)}svg .value{fill:var(--ink)}svg .marked{font-weight:700}
svg .grid{stroke:var(--faint);stroke-width:1}
svg .overall{stroke:var(--hit);stroke-width:1.2;stroke-dasharray:2 3}
.hit{--hue:var(--hit)}.recall{--hue:var(--recall)}
svg .curve{fill:none;stroke:var(--hue);stroke-width:2.2;stroke-linejoin:round}
svg .band{fill:var(--hue);opacity:.15;stroke:none}
svg .range{stroke:var(--hue);stroke-width:4;stroke-linecap:round;opacity:.32}
svg .dot{fill:var(--hue);stroke:var(--card);stroke-width:1.2}
svg .other{fill:var(--card);stroke:var(--chance);stroke-width:1.4}
svg circle.marked{fill:var(--recall)}svg line.marked{stroke:var(--recall)}
svg .chance{fill:none;stroke:var(--chance);stroke-width:1.6;stroke-dasharray:6 4}
svg .ceiling{fill:none;stroke:var(--ceiling);stroke-width:1.8;stroke-dasharray:1.5 4;stroke-linecap:round}
svg .chance-tick{stroke:var(--chance);stroke-width:2}svg .ceiling-tick{stroke:var(--ceiling);stroke-width:2}
svg .ground{fill:var(--faint);opacity:.4}svg .cell{fill:var(--recall)}svg .cell.own{fill:var(--own)}
svg .cell-light{fill:var(--ink)}svg .cell-dark{fill:#fff;font-weight:600}
svg .bar-script{fill:var(--chance);opacity:.5}svg .bar-script-own{fill:var(--hit);opacity:.42}
svg .bar-apart{fill:var(--chance)}svg .bar-apart-own{fill:var(--hit)}
.legend{display:flex;flex-wrap:wrap;gap:4px 20px;font:.8rem/1.5 var(--sans);color:var(--soft);margin:0 0 .9em;padding:0;
list-style:none}
.legend svg{display:inline-block;vertical-align:middle;margin-right:7px;max-width:none}
table{border-collapse:collapse;font:.87rem/1.45 var(--sans);font-variant-numeric:tabular-nums;width:100%}
th{font-weight:600;color:var(--soft);text-align:right;padding:6px 10px;border-bottom:1px solid var(--soft);
vertical-align:bottom}
td{text-align:right;padding:6px 10px;border-bottom:1px solid var(--faint);vertical-align:middle;white-space:nowrap}
th.words,td.words{text-align:left}
td .lines{white-space:normal;min-width:13em}
th:first-child,td:first-child{padding-left:0}
tr.group th{border-bottom:1px solid var(--faint);color:var(--ink);text-align:left;padding-top:20px;
font:600 1rem/1.4 var(--serif)}
td.strong{font-weight:700;font-size:1.02rem}
tr.headline-row td{font-weight:600}
figure+.scroll,figure+.pair{margin-top:1.4em}.scroll+p{margin-top:.9em}
details{margin-top:1.1em}.box>details{margin:0}.box>details>summary{font-weight:600;font-size:1rem;color:var(--ink)}
summary{cursor:pointer;font:.86rem/1.5 var(--sans);color:var(--soft);padding:3px 0}
summary:hover{color:var(--ink)}
details[open]>summary{margin-bottom:.9em}
.example{display:grid;grid-template-columns:minmax(140px,200px) 1fr;gap:18px;padding:16px 0;
border-top:1px solid var(--faint)}
.example ol{list-style:none;margin:0;padding:0;display:grid;gap:10px;
grid-template-columns:repeat(auto-fill,minmax(112px,1fr))}
.item{font:.82rem/1.4 var(--sans);min-width:0;overflow-wrap:anywhere}
.item img{display:block;width:100%;max-width:128px;height:auto;border-radius:5px;background:#000;margin-bottom:6px}
.example li{padding:8px 10px;border:1px solid var(--faint);border-radius:7px}
.example li.relevant{border-color:var(--hit);box-shadow:inset 0 3px 0 var(--hit)}
.verdict{font-weight:600}.relevant .verdict{color:var(--hit)}li:not(.relevant) .verdict{color:var(--soft)}
.facts{font-weight:500}
dl.made{display:grid;grid-template-columns:max-content 1fr;gap:3px 20px;font:.84rem/1.5 var(--sans);margin:0}
dl.made dt{color:var(--soft)}dl.made dd{margin:0;overflow-wrap:anywhere}
dl.reading dt{font-weight:600;margin-top:.8em}dl.reading dd{margin:0;max-width:70ch}
footer{margin-top:72px;border-top:1px solid var(--faint);padding-top:18px}
@media (max-width:640px){body{font-size:16px}main{padding:30px 16px 60px}h1{font-size:1.85rem}
section.task{padding:20px 16px 24px;margin-left:-8px;margin-right:-8px}section.box{padding:16px}
.headline .big{font-size:3.1rem}.example{grid-template-columns:1fr}dl.made{grid-template-columns:1fr}
dl.made dd{margin-bottom:.5em}}
@media print{:root{--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--faint:#ddd;--hit:#0072b2;--recall:#c8551b;
--warn-paper:#fff;color-scheme:light}
body{font-size:10.5pt}main{max-width:none;padding:0}section.task{border:0;padding:0;break-before:auto}
figure,.example,.note,.headline,tr{break-inside:avoid}h2,h3,h4{break-after:avoid}
details::details-content{content-visibility:visible;block-size:auto}summary{list-style:none}
.scroll{overflow:visible}table{font-size:8pt}th,td{padding:3px 6px}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
""".strip()
