// Older targets rewrite `**` of big integers and break the proofs.
const targets = { chrome: "86", ios: "14" }

module.exports = { presets: [["taro", { framework: "react", ts: true, compiler: "webpack5", targets }]] }
