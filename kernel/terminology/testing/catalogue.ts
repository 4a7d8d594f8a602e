/** An invented catalogue of any size, as CSV: chapters, sections and codes with English and Chinese names. */

const organs = [
  'kidney',
  'liver',
  'heart',
  'lung',
  'stomach',
  'skin',
  'eye',
  'bone',
  'brain',
  'thyroid',
] as const
const chinese = ['肾', '肝', '心', '肺', '胃', '皮肤', '眼', '骨', '脑', '甲状腺'] as const
const troubles = [
  'inflammation',
  'injury',
  'tumour',
  'bleeding',
  'failure',
  'cyst',
  'infection',
  'pain',
] as const
const chineseTroubles = ['炎症', '损伤', '肿瘤', '出血', '衰竭', '囊肿', '感染', '疼痛'] as const

/** Codes below one section. */
const perSection = 100

/** Lines of a catalogue with so many concepts: a root, sections below it, codes below those. */
export function* catalogueLines(concepts: number): Generator<string> {
  yield 'code,display,parent,designation:zh-CN,property:organ\n'
  yield 'ROOT,All findings,,全部,\n'
  for (let at = 1; at < concepts; at++) yield lineOf(at)
}

function lineOf(at: number): string {
  const organ = organs[at % organs.length] ?? ''
  const trouble = troubles[Math.floor(at / organs.length) % troubles.length] ?? ''
  const zh = `${chinese[at % chinese.length]}${chineseTroubles[Math.floor(at / organs.length) % troubles.length]}`
  const section = Math.floor(at / perSection) * perSection
  const parent = at % perSection === 0 ? 'ROOT' : section === 0 ? 'ROOT' : `F${section}`
  return `F${at},"${trouble} of the ${organ}, type ${at}",${parent},${zh}${at}型,${organ}\n`
}

/** The same as bytes, in pieces of some kilobytes. */
export async function* catalogueBytes(concepts: number): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  let piece = ''
  for (const line of catalogueLines(concepts)) {
    piece += line
    if (piece.length < 64_000) continue
    yield encoder.encode(piece)
    piece = ''
  }
  yield encoder.encode(piece)
}
