/** The trend of one test; a point tells its value, range, time and source and opens them. */
import { Answered, Empty, palettes, useAsk, useLook, useTimes, useWords } from '@xinglin/kit'
import { LineChart } from 'echarts/charts'
import {
  DataZoomInsideComponent,
  GridComponent,
  MarkAreaComponent,
  TooltipComponent,
} from 'echarts/components'
import { type EChartsType, init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useEffectEvent, useRef } from 'react'
import type { TrendAnswer } from '../reading/shapes.ts'
import { useRecord } from './record-place.ts'
import { pointsOf, trendOption } from './trend-option.ts'
import { words } from './words.ts'

use([LineChart, DataZoomInsideComponent, GridComponent, TooltipComponent, MarkAreaComponent, CanvasRenderer])

export function Trend({ test }: { readonly test: string }) {
  const say = useWords(words)
  const { pathOf } = useRecord()
  const answer = useAsk<TrendAnswer>(pathOf(`trend?test=${encodeURIComponent(test)}`))
  return (
    <Answered answer={answer}>
      {(trend) => (
        <>
          <h2>{trend.name}</h2>
          {pointsOf(trend).some(({ value }) => value !== undefined) ? (
            <>
              <Chart trend={trend} />
              <p className="x-quiet">{say('trendHelp')}</p>
            </>
          ) : (
            <Empty title={say('trendNone')} />
          )}
        </>
      )}
    </Answered>
  )
}

function Chart({ trend }: { readonly trend: TrendAnswer }) {
  const { tone } = useLook()
  const times = useTimes()
  const { openSource } = useRecord()
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType>(undefined)
  const onPoint = useEffectEvent((index: number) => {
    const point = trend.results[index]
    if (point) openSource(point.key, trend.name)
  })
  useEffect(() => {
    if (!box.current) return
    const made = init(box.current)
    chart.current = made
    made.on('click', ({ dataIndex }) => onPoint(dataIndex))
    const observer = new ResizeObserver(() => made.resize())
    observer.observe(box.current)
    return () => {
      observer.disconnect()
      made.dispose()
    }
  }, [])
  useEffect(() => {
    const text = (ms: number) => times.day(new Date(ms).toISOString())
    chart.current?.setOption(
      {
        ...trendOption(trend, palettes[tone], text),
        tooltip: {
          trigger: 'item',
          confine: true,
          renderMode: 'richText',
          formatter: ({ dataIndex }: { dataIndex: number }) => {
            const result = trend.results[dataIndex]
            if (!result) return ''
            const value = `${result.value} ${result.unit ?? ''} ${result.reference ? `(${result.reference})` : ''}`
            return [value, times.full(result.time), result.source?.text].filter(Boolean).join('\n')
          },
        },
      },
      { notMerge: true },
    )
  }, [trend, tone, times])
  return <div ref={box} className="chart-canvas" role="img" aria-label={trend.name} />
}
