/** Marks what has just arrived for a few seconds, without moving anything. */
import { useCallback, useEffect, useRef, useState } from 'react'

/** Long enough to be noticed when looking up, short enough not to stay as decoration. */
const freshMs = 6_000

/** The set of keys that arrived lately and the way to add some. */
export function useFresh(): readonly [ReadonlySet<string>, (keys: readonly string[]) => void] {
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set())
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>())
  useEffect(() => {
    const running = timers.current
    return () => {
      for (const timer of running) clearTimeout(timer)
    }
  }, [])
  const mark = useCallback((keys: readonly string[]) => {
    setFresh((present) => new Set([...present, ...keys]))
    const timer = setTimeout(() => {
      timers.current.delete(timer)
      setFresh((present) => new Set([...present].filter((key) => !keys.includes(key))))
    }, freshMs)
    timers.current.add(timer)
  }, [])
  return [fresh, mark]
}
