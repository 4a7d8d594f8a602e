/**
 * The board as PDF (ISO 32000-1) in Chinese: one text flow on A4 pages, in STSong-Light with the predefined CMap
 * UniGB-UCS2-H (§9.7.5.2), which readers have or replace. So no font of 10 MB travels with the platform; a library would
 * need one. It does no pictures, no tables and no characters outside the basic plane.
 */

const page = { widthPt: 595, heightPt: 842, marginPt: 48 } as const

export type PdfLine = { readonly text: string; readonly sizePt: number; readonly spaceBeforePt?: number }

/** Lines longer than the page is wide are broken; a page that is full begins the next. */
export function pdfOf(lines: readonly PdfLine[]): Buffer {
  const pages = paginate(lines.flatMap(broken)).map(contentOf)
  const fontAt = 3
  const pageAt = (index: number) => 6 + index * 2
  const kids = pages.map((_, index) => `${pageAt(index)} 0 R`).join(' ')
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Count ${pages.length} /Kids [${kids}] >>`,
    '<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>',
    '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor 5 0 R /DW 1000 /W [1 95 500] >>',
    '<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>',
    ...pages.flatMap((content, index) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${page.widthPt} ${page.heightPt}] /Resources << /Font << /F1 ${fontAt} 0 R >> >> /Contents ${pageAt(index) + 1} 0 R >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    ]),
  ]
  return assemble(objects)
}

/** Every byte is ASCII: text is written in hexadecimal UTF-16. */
function assemble(objects: readonly string[]): Buffer {
  const parts = ['%PDF-1.4\n']
  const offsets: number[] = []
  let length = parts[0]?.length ?? 0
  for (const [index, body] of objects.entries()) {
    const object = `${index + 1} 0 obj\n${body}\nendobj\n`
    offsets.push(length)
    length += object.length
    parts.push(object)
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const size = objects.length + 1
  parts.push(`xref\n0 ${size}\n0000000000 65535 f \n${table}`)
  parts.push(`trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF\n`)
  return Buffer.from(parts.join(''), 'latin1')
}

type Placed = PdfLine & { readonly yPt: number }

function paginate(lines: readonly PdfLine[]): readonly (readonly Placed[])[] {
  const pages: Placed[][] = [[]]
  let yPt = page.heightPt - page.marginPt
  for (const line of lines) {
    const heightPt = line.sizePt * 1.5
    yPt -= heightPt + (line.spaceBeforePt ?? 0)
    if (yPt < page.marginPt) {
      pages.push([])
      yPt = page.heightPt - page.marginPt - heightPt
    }
    pages.at(-1)?.push({ ...line, yPt })
  }
  return pages
}

function contentOf(lines: readonly Placed[]): string {
  return lines
    .map(
      ({ text, sizePt, yPt }) =>
        `BT /F1 ${sizePt} Tf ${page.marginPt} ${yPt.toFixed(1)} Td <${hexOf(text)}> Tj ET`,
    )
    .join('\n')
}

function hexOf(text: string): string {
  return Buffer.from(text, 'utf16le').swap16().toString('hex')
}

function broken(line: PdfLine): readonly PdfLine[] {
  const roomEm = (page.widthPt - 2 * page.marginPt) / line.sizePt
  const rows: string[] = ['']
  let usedEm = 0
  for (const character of line.text) {
    const widthEm = (character.codePointAt(0) ?? 0) < 0x80 ? 0.5 : 1
    if (usedEm + widthEm > roomEm) {
      rows.push('')
      usedEm = 0
    }
    rows[rows.length - 1] += character
    usedEm += widthEm
  }
  return rows.map((text, index) => (index === 0 ? { ...line, text } : { text, sizePt: line.sizePt }))
}
