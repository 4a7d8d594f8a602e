/** The one frame: rail, top line, tabs, work area. Open screens stay drawn behind the present one. */
import { Empty, Failed, Loading, type Me, useWords } from '@xinglin/kit'
import { useMemo, useState } from 'react'
import type { AddressBar } from './address.ts'
import { CommandBar } from './command-bar.tsx'
import { DemoLine } from './demo-line.tsx'
import { Rail } from './rail.tsx'
import { type Rooms, useRooms } from './rooms.ts'
import { shellWords } from './shell-words.ts'
import { StepUp } from './step-up.tsx'
import { TabStrip } from './tab-strip.tsx'
import { TopLine } from './top-line.tsx'
import { useTabs } from './use-tabs.ts'
import { WorkArea } from './work-area.tsx'

type Props = { readonly bar: AddressBar; readonly me: Me; readonly onSignOut: () => Promise<void> }

export function Frame(props: Props) {
  const rooms = useRooms(props.me)
  if (rooms.state === 'loading') return <Loading />
  if (rooms.state !== 'ready') return <Failed error={rooms.error} />
  return <FrameOfRooms {...props} rooms={rooms.data} />
}

function FrameOfRooms({ bar, me, rooms, onSignOut }: Props & { readonly rooms: Rooms }) {
  const say = useWords(shellWords)
  const [isSearching, setSearching] = useState(false)
  const railScreens = useMemo(() => rooms.screens.filter((screen) => screen.rail), [rooms])
  const tabs = useTabs(bar, railScreens[0]?.path)
  return (
    <div className="s-frame">
      <TopLine me={me} onSearch={() => setSearching(true)} onSignOut={onSignOut} />
      <Rail screens={railScreens} pathname={tabs.pathname} onOpen={tabs.open} />
      <div className="s-work">
        <DemoLine />
        <TabStrip tabs={tabs} screens={rooms.screens} />
        {railScreens.length === 0 ? (
          <Empty title={say('noScreens')}>{say('noScreensHelp')}</Empty>
        ) : (
          <WorkArea tabs={tabs} screens={rooms.screens} />
        )}
      </div>
      <CommandBar
        isOpen={isSearching}
        setOpen={setSearching}
        rooms={rooms}
        onOpen={tabs.open}
        onSignOut={onSignOut}
      />
      <StepUp />
    </div>
  )
}
