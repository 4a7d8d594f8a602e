/** Progress of long work: a line that renews itself on a terminal, one JSON line a second for a program that reads it. */
export type Progress = {
  /** `done` of `total` steps; `refused` counts what the doors would not take. */
  show(state: { done: number; total: number; refused: number }): void
  end(): void
}

const intervalMs = 500

export function createProgress(output: NodeJS.WriteStream, style: 'terminal' | 'json'): Progress {
  let shownAtMs = 0
  const write = (state: { done: number; total: number; refused: number }) => {
    if (style === 'json') return output.write(`${JSON.stringify({ progress: state })}\n`)
    const share = state.total === 0 ? 1 : state.done / state.total
    const bar = '█'.repeat(Math.round(share * 30)).padEnd(30, '░')
    return output.write(
      `\r${bar} ${state.done}/${state.total}${state.refused > 0 ? ` · refused ${state.refused}` : ''} `,
    )
  }
  return {
    show: (state) => {
      const isLast = state.done === state.total
      if (!isLast && performance.now() - shownAtMs < intervalMs) return
      shownAtMs = performance.now()
      write(state)
    },
    end: () => {
      if (style === 'terminal') output.write('\n')
    },
  }
}
