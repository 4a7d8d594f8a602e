/** What a person calls his browser, from what it says of itself (RFC 9110 §10.1.5): the first that fits, as each claims to be the ones below. */

const browsers = [
  ['Edge', /\bEdgA?\//],
  ['微信 WeChat', /\bMicroMessenger\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Chrome|CriOS|HeadlessChrome)\//],
  ['Safari', /\bSafari\//],
] as const
const systems = [
  ['HarmonyOS', /HarmonyOS|OpenHarmony/],
  ['Android', /Android/],
  ['iPadOS', /iPad/],
  ['iOS', /iPhone/],
  ['Windows', /Windows/],
  ['macOS', /Macintosh/],
  ['Linux', /Linux/],
] as const

/** `Chrome · Windows`; undefined where nothing of it is known. */
export function browserName(userAgent: string | undefined): string | undefined {
  const text = userAgent ?? ''
  const found = [browsers, systems].map((names) => names.find(([, sign]) => sign.test(text))?.[0])
  return found.filter((name) => name !== undefined).join(' · ') || undefined
}
