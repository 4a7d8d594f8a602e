/** Single keys that act while a screen is looked at and nothing is being typed. */
import { useScreen } from '@xinglin/kit'
import { useEffect, useEffectEvent } from 'react'

/** Acts by key, lower case; an undefined act leaves its key alone. */
export function useKeys(acts: Readonly<Record<string, (() => void) | undefined>>, isOn = true): void {
  const { isActive } = useScreen()
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    const act = acts[event.key.toLowerCase()]
    if (!act) return
    event.preventDefault()
    act()
  })
  useEffect(() => {
    if (!isActive || !isOn) return
    const listen = (event: KeyboardEvent) => press(event)
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [isActive, isOn])
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || isInDialog(target)
}

const isInDialog = (target: HTMLElement) => target.closest('[role=dialog]') !== null
