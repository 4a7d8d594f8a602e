/** The course of one test as an ECharts option: reference range as a band, flags as shapes and colours, gaps as gaps. */
import type { Flag, Result, TrendAnswer } from '../reading/shapes.ts'

export type TrendColours = {
  readonly ink: string
  readonly quiet: string
  readonly line: string
  readonly accent: string
  readonly red: string
  readonly amber: string
  readonly greenSoft: string
}

/** Same signs as in the tables: triangles up and down, filled red where critical. */
const symbols: Readonly<Record<Flag, { symbol: string; rotate: number; tone: 'red' | 'amber' }>> = {
  high: { symbol: 'triangle', rotate: 0, tone: 'amber' },
  low: { symbol: 'triangle', rotate: 180, tone: 'amber' },
  'critical-high': { symbol: 'triangle', rotate: 0, tone: 'red' },
  'critical-low': { symbol: 'triangle', rotate: 180, tone: 'red' },
  abnormal: { symbol: 'diamond', rotate: 0, tone: 'amber' },
  critical: { symbol: 'diamond', rotate: 0, tone: 'red' },
}

export type Point = { readonly result: Result; readonly atMs: number; readonly value: number | undefined }

/** The results with their moments; a word in place of a number (haemolysed) has no value and breaks the line. */
export function pointsOf(trend: TrendAnswer): readonly Point[] {
  return trend.results.map((result) => {
    const value = Number.parseFloat((result.exact ?? result.value).replace(/^[<>≤≥]=?/, ''))
    return {
      result,
      atMs: Date.parse(result.time ?? ''),
      value: Number.isNaN(value) ? undefined : value,
    }
  })
}

/** The newest range that the senders gave. */
export function bandOf(points: readonly Point[]): { readonly low?: number; readonly high?: number } {
  const newest = points.findLast(
    ({ result }) => result.low !== undefined || result.high !== undefined,
  )?.result
  return newest ? { low: newest.low, high: newest.high } : {}
}

export function trendOption(trend: TrendAnswer, colours: TrendColours, timeText: (ms: number) => string) {
  const points = pointsOf(trend)
  const { low, high } = bandOf(points)
  const values = points.flatMap(({ value }) => value ?? [])
  const extent = [...values, ...(low === undefined ? [] : [low]), ...(high === undefined ? [] : [high])]
  const [least, most] = [Math.min(...extent), Math.max(...extent)]
  const margin = (most - least || Math.abs(most) || 1) * 0.12
  return {
    animation: false,
    // The wheel stretches the time, for days that lie close together in years.
    dataZoom: [{ type: 'inside' as const, filterMode: 'none' as const }],
    grid: { left: 8, right: 16, top: 24, bottom: 8, containLabel: true },
    xAxis: {
      type: 'time' as const,
      // Points at the edges stay whole.
      boundaryGap: ['3%', '3%'] as [string, string],
      axisLine: { lineStyle: { color: colours.line } },
      axisLabel: { color: colours.quiet, hideOverlap: true, formatter: timeText },
    },
    yAxis: {
      type: 'value' as const,
      name: trend.unit ?? '',
      nameTextStyle: { color: colours.quiet, align: 'left' as const },
      min: round(least - margin),
      max: round(most + margin),
      axisLabel: { color: colours.quiet },
      splitLine: { lineStyle: { color: colours.line, opacity: 0.5 } },
    },
    series: [
      {
        type: 'line' as const,
        connectNulls: false,
        lineStyle: { color: colours.accent, width: 1.5 },
        symbolSize: 9,
        data: points.map((point) => dataOf(point, colours)),
        markArea:
          low === undefined && high === undefined
            ? undefined
            : {
                silent: true,
                itemStyle: { color: colours.greenSoft },
                data: [[{ yAxis: low ?? round(least - margin) }, { yAxis: high ?? round(most + margin) }]],
              },
      },
    ],
  }
}

function dataOf({ atMs, value, result }: Point, colours: TrendColours) {
  const mark = result.flag ? symbols[result.flag] : undefined
  return {
    value: [atMs, value ?? null],
    symbol: mark?.symbol ?? 'circle',
    symbolRotate: mark?.rotate ?? 0,
    itemStyle: { color: mark ? colours[mark.tone] : colours.accent },
  }
}

const round = (value: number) => Number(value.toPrecision(3))
