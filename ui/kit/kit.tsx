/** The parts of which every screen is made. */
export { AnswerError, type AskOptions, ask, type Issue, isAnswer, issuesOf, pageLanguage } from './api.ts'
export { AppLauncher } from './app-launcher.tsx'
export { OpenGlass, RefusedChart, RefusedFinder } from './broken-glass.tsx'
export { copyText } from './copy-text.ts'
export { type Column, DataGrid, type DataGridProps } from './data-grid.tsx'
export { type FrameActs, frameActs } from './frame-acts.ts'
export { useFresh } from './fresh.ts'
export { HoverCards, useHoverCard } from './hover-card.tsx'
export { keep, kept } from './kept.ts'
export { type LiveEntry, type LiveState, type LiveSubscription, useLive } from './live.ts'
export { type Language, type Look, LookProvider, useLook } from './look.tsx'
export { narrowPx, useIsNarrow } from './narrow.ts'
export { nextRow } from './next-row.ts'
export { type BannerPatient, PatientBanner } from './patient-banner.tsx'
export { type Flag, Quantity, type QuantityProps, toneOf } from './quantity.tsx'
export { ReasonDialog, type ReasonDialogProps } from './reason.tsx'
export {
  Go,
  type Hit,
  type ScreenDefinition,
  type ScreenPlace,
  ScreenPlaceProvider,
  type SearchDefinition,
  type Text,
  useScreen,
  useTitle,
} from './screen.tsx'
export { type Sending, sendFile } from './send-file.ts'
export { holds, type Me, MeProvider, sessionKey, sessionQuery, useMay, useMe } from './session.ts'
export { Facts, Side } from './side.tsx'
export { Answered, Empty, Failed, FailureText, Loading, Refused, Sentence, Stale } from './states.tsx'
export { palettes, type Tone } from './theme.ts'
export { type Act, type Answer, type Ran, type UseAskOptions, useAct, useAsk, useRefresh } from './use-ask.ts'
export { type Paged, useAskPages } from './use-ask-pages.ts'
export { type Times, useTimes } from './use-times.ts'
export { useTyped } from './use-typed.ts'
export { type Catalogue, catalogue, faultsOf, type Say, useWords } from './words.ts'
