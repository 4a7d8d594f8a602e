/** The viewer of one study, dark as a reading room is; `/imaging/viewer/<Study Instance UID>`. */
import {
  Answered,
  PatientBanner,
  palettes,
  useAsk,
  useLive,
  useRefresh,
  useScreen,
  useTitle,
} from '@xinglin/kit'
import { ConfigProvider, theme } from 'antd'
import type { CSSProperties } from 'react'
import type { ViewerAnswer } from '../reading/shapes.ts'
import { StudyView } from './viewer/study-view.tsx'
import './imaging.css'

export function Screen() {
  const { params } = useScreen()
  const path = `/api/imaging/viewer/${params.studyInstanceUid ?? ''}`
  const answer = useAsk<ViewerAnswer>(path)
  const refresh = useRefresh()
  const data = answer.state === 'ready' ? answer.data : undefined
  useTitle(data && [data.patient.name, ...data.study.modalities].join(' '))
  useLive(data && { patient: data.patient.id, kinds: ['record.*'] }, (entries) => {
    if (entries.some(({ resourceType }) => resourceType === 'ImagingStudy')) void refresh(path)
  })
  return (
    <ConfigProvider theme={darkTheme}>
      <div className="imaging-viewer" data-tone="dark" style={darkRoom}>
        <Answered answer={answer}>
          {(viewed) => (
            <>
              <PatientBanner patient={viewed.patient} />
              <StudyView {...viewed} />
            </>
          )}
        </Answered>
      </div>
    </ConfigProvider>
  )
}

const darkTheme = {
  algorithm: theme.darkAlgorithm,
  token: {
    colorBgBase: palettes.dark.ground,
    colorTextBase: palettes.dark.ink,
    colorPrimary: palettes.dark.accent,
    colorBorder: palettes.dark.line,
  },
  components: { Button: { primaryColor: palettes.dark.onAccent } },
}

/** The kit's dark colours for everything inside, whatever the rest of the page wears. */
const darkRoom = {
  colorScheme: 'dark',
  ...Object.fromEntries(
    Object.entries(palettes.dark).map(([name, value]) => [
      `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      value,
    ]),
  ),
} as CSSProperties
