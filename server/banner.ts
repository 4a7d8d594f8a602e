/** What a person at the terminal reads at the start, in Chinese and English, beside the JSON lines (on standard error). */

import type { Config } from './config.ts'
import type { DemoState } from './demo.ts'
import type { FirstStart } from './first-start.ts'
import type { Addresses } from './start-platform.ts'

const barLength = 30

/** The addresses of the open doors, and the one-time password where there is one. */
export function banner(config: Config, ports: Addresses, { oneTimePassword }: FirstStart): string {
  const host = config.bind === '0.0.0.0' || config.bind === '::' ? 'localhost' : config.bind
  const scheme = config.tlsCertificate && config.tlsDoors.includes('http') ? 'https' : 'http'
  const http = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${ports.http}`
  const lines = [
    '',
    '  杏林 Xinglin',
    '',
    `  网页 Pages      ${http}/`,
    `  FHIR R4         ${http}/fhir/R4`,
    `  DICOMweb        ${http}/dicom-web`,
    ...(ports.hl7 ? [`  HL7 v2 (MLLP)   ${host}:${ports.hl7}`] : []),
    ...(ports.dicom ? [`  DICOM           ${host}:${ports.dicom}  AE ${config.dicomTitle}`] : []),
    ...(oneTimePassword ? passwordLines(oneTimePassword) : []),
    '',
    '  停止 Stop: Ctrl-C',
    '',
  ]
  return `${lines.join('\n')}\n`
}

function passwordLines({ login, password }: { readonly login: string; readonly password: string }) {
  return [
    '',
    `  管理员 Administrator     ${login}`,
    `  一次性密码 One-time password   ${password}`,
    '  首次登录后必须修改。It must be changed at the first sign-in.',
  ]
}

/** Where codes for patients are read in the demonstration. */
export function textsLine(page: string): string {
  return `  患者页面 /my-record 的验证码（模拟短信，不发送） Codes for /my-record (simulated, none is sent)   ${page}\n`
}

/** A line that renews itself on a terminal; elsewhere one line at each tenth and at the end. */
export function demoProgress(output: NodeJS.WriteStream): (state: DemoState) => void {
  let tenth = -1
  return ({ state, done = 0, total = 0 }) => {
    const share = total > 0 ? done / total : 0
    const isEnd = state !== 'filling'
    const reached = Math.floor(share * 10)
    if (!output.isTTY && !isEnd && reached === tenth) return
    tenth = reached
    const bar = '█'.repeat(Math.round(share * barLength)).padEnd(barLength, '░')
    const words = { filled: '完成 filled', failed: '未完成 not complete' }[
      state === 'filled' ? 'filled' : 'failed'
    ]
    const text = `  演示医院 Demonstration hospital  ${bar} ${done}/${total}${isEnd ? ` ${words}` : ''}`
    output.write(output.isTTY ? `\r${text}${isEnd ? '\n' : ''}` : `${text}\n`)
  }
}
