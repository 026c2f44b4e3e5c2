import { describeConfig } from "@suyuan/api/config"

for (const setting of describeConfig(process.env)) {
  const shown = setting.value === undefined ? "—" : String(setting.value)
  console.log(`${setting.name} = ${shown}  (${setting.source})`)
  console.log(`    ${setting.meaning}; for example ${setting.example}`)
}
