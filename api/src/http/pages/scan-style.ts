/** Of the scanned page and of a refusal, beside the tokens. */
export const scanStyle = `
summary{min-height:44px;line-height:44px;color:var(--sky)}
body{margin:0;background:var(--paper);color:var(--ink);font-family:var(--font);font-size:16px;line-height:1.5}
.demo{margin:0;padding:8px 16px;background:var(--grain);color:var(--on-grain);text-align:center;font-size:14px}
time{white-space:nowrap}
.slip{max-width:480px;box-sizing:border-box;width:calc(100% - 16px);margin:16px auto;padding:20px;background:var(--card);border-radius:12px;box-shadow:0 2px 10px rgb(0 0 0 / 8%)}
h1{margin:0;font-size:28px;line-height:1.25}.site,.soft,small{color:var(--ink-soft);font-size:14px;margin:4px 0}
.photo{float:right;margin:0 0 8px 12px;border-radius:8px;object-fit:cover}
.test-photo img{display:block;margin:4px 0 8px;border-radius:8px;object-fit:cover}
small{display:block}.stall-number{font-size:20px;margin:4px 0}
.lines{list-style:none;margin:16px 0;padding:0;border-top:1px dashed var(--ink-soft)}
.lines li{padding:12px 0;border-bottom:1px dashed var(--ink-soft)}
.row{display:flex;justify-content:space-between;gap:16px}.name{font-weight:600}.figure,.amount strong{font-variant-numeric:tabular-nums}
.origin p{margin:4px 0;font-size:14px}
.amount{display:flex;justify-content:space-between;align-items:baseline;margin:16px 0}.amount strong{font-size:44px;line-height:1}
.good{color:var(--leaf)}.bad{color:var(--chilli)}.waiting{color:var(--ink);border-left:4px solid var(--grain);padding-left:8px}.large{font-size:20px;font-weight:600}
button+button{margin-top:8px}.code{display:block;width:min(100%,280px);margin:12px auto;background:#fff;border-radius:8px}
button{width:100%;min-height:56px;border:0;border-radius:12px;background:var(--leaf);color:var(--card);font-size:20px;font-weight:600;font-family:inherit}
button:disabled{opacity:.6}button:focus-visible,a:focus-visible{outline:3px solid var(--sky);outline-offset:2px}
.own-result{display:block;min-height:44px;margin:12px 0;line-height:44px;border:2px solid var(--leaf);border-radius:12px;color:var(--leaf);font-size:16px;font-weight:600;text-align:center;text-decoration:none}
footer{text-align:center;padding:8px 16px 24px}footer a{display:inline-block;min-height:44px;line-height:44px;padding:0 16px;color:var(--sky)}
`
