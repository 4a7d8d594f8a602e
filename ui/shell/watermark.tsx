/** Who looks and when, over everything that is shown and printed, for roles that ask it. */
import { type Me, useTimes } from '@xinglin/kit'
import { useEffect, useState } from 'react'
import './watermark.css'

/** Enough for a page of A3; what is over the edge is cut. */
const marks = Array.from({ length: 80 }, (_, place) => place)
const minuteMs = 60_000

export function Watermark({ me }: { readonly me: Me }) {
  const times = useTimes()
  const [atMs, setAtMs] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setAtMs(Date.now()), minuteMs)
    return () => clearInterval(timer)
  }, [])
  const text = `${me.display}${me.login && me.login !== me.display ? ` ${me.login}` : ''} ${times.full(new Date(atMs).toISOString())}`
  return (
    <div className="s-watermark" aria-hidden data-watermark={text}>
      {marks.map((place) => (
        <span key={place}>{text}</span>
      ))}
    </div>
  )
}
