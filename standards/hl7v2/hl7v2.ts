/** HL7 v2 (2.1 to 2.9) as pure code: messages that keep their bytes, paths, dates, character sets, answers. Framing is `./mllp`. */

export * from './acknowledge.ts'
export * from './charset.ts'
export * from './conformance.ts'
export * from './dates.ts'
export * from './delimiters.ts'
export * from './escapes.ts'
export * from './failure.ts'
export * from './header.ts'
export * from './message.ts'
export * from './path.ts'
export * from './structure.ts'
export * from './write.ts'
