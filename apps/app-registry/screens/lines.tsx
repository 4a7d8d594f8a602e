/** Lines of code under one another; a dash where there are none. */
export function Lines({ lines }: { readonly lines: readonly string[] }) {
  if (lines.length === 0) return '–'
  return (
    <>
      {lines.map((line) => (
        <code key={line} className="ar-line">
          {line}
        </code>
      ))}
    </>
  )
}
