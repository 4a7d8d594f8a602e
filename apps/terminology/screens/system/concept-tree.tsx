/** A hierarchical code system as a tree: arrow keys open and close its branches. */
import { CaretDownOutlined, CaretRightOutlined, LoadingOutlined } from '@ant-design/icons'
import { type Column, DataGrid, Empty, Failed, Loading, useAsk, useLook, useWords } from '@xinglin/kit'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import type { ConceptAnswer } from '../../contract.ts'
import { staleAfterMs } from '../use-offset-pages.ts'
import { words } from '../words.ts'
import { NarrowConcept, nameColumns } from './concept-cells.tsx'
import { conceptPath } from './concept-path.ts'
import { parentKey, type TreeRow, topKey } from './tree-rows.ts'
import type { SystemKey } from './use-concepts.ts'
import { type Tree, useTree } from './use-tree.ts'

type Props = {
  readonly system: SystemKey
  readonly code: string | undefined
  readonly onChoose: (code: string) => void
}

const indentPx = 18

export function ConceptTree({ system, code, onChoose }: Props) {
  const say = useWords(words)
  const { language } = useLook()
  const tree = useTree(system)
  // The address follows a choice a moment later: until then it still says what was chosen before (`over`).
  const [chosen, setChosen] = useState<{ readonly key: string; readonly over: string | undefined }>()
  useReveal(tree, system, code)
  const { rows, open, close, more } = tree
  const byCode = rows.find((row) => row.kind === 'concept' && row.concept.code === code)
  const last = rows.find((row) => row.key === chosen?.key)
  const selected = last && (isOf(last, code) || chosen?.over === code) ? last : byCode
  const columns = useMemo<readonly Column<TreeRow>[]>(
    () => [
      {
        key: 'code',
        title: say('code'),
        widthPx: 200,
        draw: (row) => <BranchCell row={row} open={open} close={close} more={more} />,
      },
      ...nameColumns<TreeRow>(say, language, (row) => (row.kind === 'concept' ? row.concept : undefined)),
    ],
    [say, language, open, close, more],
  )
  const select = (row: TreeRow) => {
    if (row.kind !== 'concept') return
    setChosen({ key: row.key, over: code })
    onChoose(row.concept.code)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (selected?.kind !== 'concept') return
    if (event.key === 'ArrowRight' && selected.concept.hasChildren) open(selected.key)
    else if (event.key === 'ArrowLeft' && selected.isOpen) close(selected.key)
    else if (event.key === 'ArrowLeft') {
      const parent = rows.find((row) => row.key === parentKey(selected.key))
      if (parent) select(parent)
    } else return
    event.preventDefault()
  }
  if (tree.error && rows.every(({ kind }) => kind === 'rest')) return <Failed error={tree.error} />
  if (rows.every(({ kind }) => kind === 'rest') && rows.length > 0) return <Loading />
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the grid inside has the focus; what it does not use of the keys comes here.
    <div className="term-list" onKeyDown={onKeyDown}>
      <DataGrid
        name="terminology.tree"
        label={say('tree')}
        rows={rows}
        columns={columns}
        keyOf={({ key }) => key}
        selectedKey={selected?.key}
        onSelect={select}
        onOpen={(row) => {
          if (row.kind === 'concept' && row.concept.hasChildren) (row.isOpen ? close : open)(row.key)
        }}
        narrowHeightPx={56}
        drawNarrow={(row) => <NarrowRow row={row} tree={tree} language={language} />}
        empty={<Empty title={say('noConcepts')}>{say('noConceptsHelp')}</Empty>}
      />
    </div>
  )
}

function isOf(row: TreeRow, code: string | undefined): boolean {
  return row.kind === 'concept' && row.concept.code === code
}

/** Opens the way down to a code that was chosen elsewhere, once. */
function useReveal({ rows, reveal }: Tree, system: SystemKey, code: string | undefined): void {
  const revealed = useRef<string>(undefined)
  const isShown = rows.some((row) => isOf(row, code))
  const isWanted = code !== undefined && revealed.current !== code && !isShown
  const answer = useAsk<ConceptAnswer>(isWanted ? conceptPath(system, code) : undefined, { staleAfterMs })
  const path = answer.state === 'ready' ? answer.data.path : undefined
  useEffect(() => {
    if (isShown) revealed.current = code
    if (!isWanted || !path) return
    revealed.current = code
    reveal(path.map((each) => each.code))
  }, [isWanted, isShown, path, code, reveal])
}

type CellProps = Pick<Tree, 'open' | 'close' | 'more'> & { readonly row: TreeRow }

function BranchCell({ row, open, close, more }: CellProps) {
  const say = useWords(words)
  const style = { paddingLeft: row.depth * indentPx }
  if (row.kind === 'rest')
    return (
      <span className="term-branch" style={style}>
        {row.isLoading ? (
          <LoadingOutlined aria-hidden />
        ) : (
          <button type="button" className="term-more" onClick={() => more(row.of)}>
            {say('more')}
          </button>
        )}
      </span>
    )
  return (
    <span className="term-branch" style={style}>
      <Toggle row={row} open={open} close={close} />
      <span className="term-code x-cut" title={row.concept.code}>
        {row.concept.code}
      </span>
    </span>
  )
}

type ToggleProps = Pick<Tree, 'open' | 'close'> & { readonly row: Extract<TreeRow, { kind: 'concept' }> }

function Toggle({ row, open, close }: ToggleProps) {
  const say = useWords(words)
  const { code, hasChildren } = row.concept
  if (!hasChildren) return <span className="term-toggle" />
  return (
    <button
      type="button"
      tabIndex={-1}
      className="term-toggle"
      aria-expanded={row.isOpen}
      aria-label={say(row.isOpen ? 'close' : 'open', { code })}
      onClick={(event) => {
        event.stopPropagation()
        if (row.isOpen) close(row.key)
        else open(row.key)
      }}
    >
      {row.isOpen ? <CaretDownOutlined /> : <CaretRightOutlined />}
    </button>
  )
}

type NarrowProps = { readonly row: TreeRow; readonly tree: Tree; readonly language: 'zh' | 'en' }

function NarrowRow({ row, tree, language }: NarrowProps) {
  if (row.kind === 'rest') return <BranchCell row={row} {...tree} />
  const isTop = parentKey(row.key) === topKey
  return (
    <div className="term-branch-narrow" style={isTop ? {} : { paddingLeft: row.depth * indentPx }}>
      <Toggle row={row} {...tree} />
      <NarrowConcept concept={row.concept} language={language} />
    </div>
  )
}
