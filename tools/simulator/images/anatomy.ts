/** The scenes of the simulated scanners. CT levels are Hounsfield units + 1024; MR and radiographs are arbitrary units. */
import type { Random } from '../random.ts'
import type { Ellipse, Scene } from './phantom.ts'

const both = (ellipse: Ellipse): readonly Ellipse[] => [
  ellipse,
  { ...ellipse, x: -ellipse.x, tilt: -(ellipse.tilt ?? 0) },
]

/** A frontal chest radiograph: lungs dark, heart and diaphragm bright, twelve pairs of ribs. */
function chestRadiograph(): Scene {
  const ribs = Array.from({ length: 9 }, (_, index) =>
    both({
      x: 0.4,
      y: -0.62 + index * 0.13,
      across: 0.33,
      along: 0.018,
      tilt: 0.28 + index * 0.02,
      level: 190,
    }),
  ).flat()
  return {
    background: 240,
    noise: 70,
    ellipses: [
      { x: 0, y: 0.12, across: 0.86, along: 1.05, level: 1500 },
      ...both({ x: 0.4, y: -0.08, across: 0.29, along: 0.6, tilt: -0.08, level: -1050 }),
      { x: 0.12, y: 0.2, across: 0.27, along: 0.3, tilt: 0.5, level: 700 },
      { x: 0, y: -0.1, across: 0.085, along: 0.95, level: 560 },
      { x: 0, y: -0.62, across: 0.05, along: 0.3, level: -420 },
      ...both({ x: 0.38, y: -0.68, across: 0.34, along: 0.03, tilt: -0.16, level: 320 }),
      { x: 0.36, y: 0.66, across: 0.42, along: 0.22, tilt: -0.1, level: 620 },
      { x: -0.38, y: 0.62, across: 0.42, along: 0.24, tilt: 0.1, level: 700 },
      ...ribs,
    ],
  }
}

/** A frontal hip radiograph: pelvis, both femora, a break in the left neck. */
function hipRadiograph(): Scene {
  return {
    background: 300,
    noise: 70,
    ellipses: [
      { x: 0, y: 0.1, across: 0.95, along: 1.1, level: 900 },
      ...both({ x: 0.45, y: -0.45, across: 0.36, along: 0.42, tilt: 0.35, level: 820 }),
      ...both({ x: 0.2, y: 0.12, across: 0.13, along: 0.2, level: -420 }),
      ...both({ x: 0.52, y: 0.0, across: 0.15, along: 0.15, level: 900 }),
      ...both({ x: 0.64, y: 0.14, across: 0.08, along: 0.2, tilt: -0.8, level: 780 }),
      ...both({ x: 0.72, y: 0.66, across: 0.1, along: 0.5, level: 900 }),
      { x: 0, y: -0.55, across: 0.16, along: 0.4, level: 700 },
      { x: 0.63, y: 0.12, across: 0.015, along: 0.12, tilt: 0.75, level: -900 },
    ],
  }
}

/** `depth` runs from 0 at the skull base to 1 at the vertex. */
function headCt(depth: number): Scene {
  const size = 0.5 + 0.32 * Math.sin(Math.PI * (0.2 + 0.68 * depth))
  const ventricle = Math.max(0, 1 - Math.abs(depth - 0.55) * 4)
  const brain = [
    { x: 0, y: 0, across: size * 0.82, along: size, level: 1750 },
    { x: 0, y: 0, across: size * 0.74, along: size * 0.92, level: -690 },
    { x: 0, y: 0, across: 0.006, along: size * 0.88, level: 30 },
  ]
  const ventricles = both({
    x: 0.09,
    y: -0.06,
    across: 0.045,
    along: 0.2 * ventricle + 0.01,
    tilt: -0.25,
    level: -28 * Math.sign(ventricle),
  })
  const infarct =
    depth > 0.4 && depth < 0.65 ? [{ x: 0.24, y: 0.03, across: 0.07, along: 0.05, level: -16 }] : []
  const eyes = depth < 0.12 ? both({ x: 0.17, y: -0.42, across: 0.09, along: 0.09, level: -20 }) : []
  return { background: 24, noise: 16, ellipses: [...brain, ...ventricles, ...infarct, ...eyes] }
}

function chestCt(depth: number): Scene {
  const lung = 0.2 + 0.16 * Math.sin(Math.PI * Math.min(1, 0.15 + depth))
  const ribs = Array.from({ length: 6 }, (_, index) =>
    both({
      x: 0.78 * Math.cos(index * 0.5 - 1.2),
      y: 0.58 * Math.sin(index * 0.5 - 1.2),
      across: 0.07,
      along: 0.022,
      tilt: index * 0.5 + 0.3,
      level: 480,
    }),
  ).flat()
  const pneumonia =
    depth > 0.5 && depth < 0.85 ? [{ x: -0.45, y: 0.2, across: 0.12, along: 0.09, level: 560 }] : []
  return {
    background: 24,
    noise: 34,
    ellipses: [
      { x: 0, y: 0, across: 0.9, along: 0.66, level: 940 },
      { x: 0, y: 0, across: 0.84, along: 0.6, level: 105 },
      ...both({ x: 0.43, y: 0, across: lung, along: 0.45, tilt: 0.12, level: -870 }),
      { x: 0.08, y: -0.1, across: 0.12 + 0.14 * depth, along: 0.2, tilt: -0.4, level: 20 },
      { x: 0, y: 0.42, across: 0.1, along: 0.11, level: 420 },
      { x: 0.13, y: 0.28, across: 0.05, along: 0.05, level: 60 },
      { x: 0, y: -0.02, across: 0.035, along: 0.03, level: depth < 0.5 ? -900 : 0 },
      ...ribs,
      ...pneumonia,
    ],
  }
}

function abdomenCt(depth: number): Scene {
  const stone =
    depth > 0.3 && depth < 0.5 ? [{ x: -0.3, y: -0.2, across: 0.03, along: 0.03, level: 300 }] : []
  return {
    background: 24,
    noise: 26,
    ellipses: [
      { x: 0, y: 0, across: 0.88, along: 0.66, level: 920 },
      { x: 0, y: 0, across: 0.78, along: 0.56, level: 110 },
      { x: -0.36, y: -0.1, across: 0.36, along: 0.36 * (1 - depth * 0.5), level: 28 },
      { x: -0.3, y: -0.2, across: 0.07, along: 0.06, level: -46 },
      { x: 0.48, y: 0.05, across: 0.14, along: 0.22 * (1 - depth * 0.4), level: 22 },
      ...both({ x: 0.36, y: 0.24, across: 0.11, along: 0.14, level: 14 + depth * 20 }),
      { x: 0, y: 0.34, across: 0.11, along: 0.12, level: 400 },
      { x: 0.06, y: 0.16, across: 0.045, along: 0.045, level: 40 },
      { x: 0.2, y: -0.26, across: 0.18, along: 0.1, level: -40 },
      ...stone,
    ],
  }
}

function headMr(depth: number): Scene {
  const size = 0.5 + 0.32 * Math.sin(Math.PI * (0.2 + 0.68 * depth))
  const ventricle = Math.max(0, 1 - Math.abs(depth - 0.55) * 4)
  const folds = Array.from({ length: 22 }, (_, index) => {
    const angle = (index / 22) * 2 * Math.PI
    return {
      x: size * 0.66 * Math.cos(angle),
      y: size * 0.82 * Math.sin(angle),
      across: 0.025,
      along: 0.075,
      tilt: angle,
      level: 430,
    }
  })
  return {
    background: 30,
    noise: 44,
    ellipses: [
      { x: 0, y: 0, across: size * 0.86, along: size * 1.04, level: 900 },
      { x: 0, y: 0, across: size * 0.78, along: size * 0.96, level: -780 },
      { x: 0, y: 0, across: size * 0.74, along: size * 0.92, level: 640 },
      { x: 0, y: 0, across: size * 0.56, along: size * 0.72, level: -140 },
      ...folds,
      ...both({ x: 0.09, y: -0.06, across: 0.045, along: 0.2 * ventricle + 0.01, tilt: -0.25, level: 900 }),
      ...(depth > 0.4 && depth < 0.65 ? [{ x: 0.24, y: 0.03, across: 0.03, along: 0.025, level: 620 }] : []),
    ],
  }
}

/** Sagittal: vertebrae as a gently bent column; the disc above the last but one bulges near the midline. */
function spineMr(depth: number): Scene {
  const midline = 1 - Math.abs(depth - 0.5) * 2
  const level = (index: number) => ({ x: -0.02 + 0.16 * Math.sin(index * 0.55), y: -0.78 + index * 0.27 })
  const vertebrae = Array.from({ length: 7 }, (_, index) => ({
    ...level(index),
    across: 0.17,
    along: 0.1,
    tilt: 0.1 * Math.cos(index * 0.55),
    level: 760 * (0.5 + midline / 2),
  }))
  const discs = Array.from({ length: 6 }, (_, index) => ({
    x: level(index + 0.5).x + (index === 4 ? 0.05 * midline : 0),
    y: level(index + 0.5).y,
    across: 0.17 + (index === 4 ? 0.05 * midline : 0),
    along: 0.032,
    level: index === 4 ? 420 : 980,
  }))
  return {
    background: 40,
    noise: 46,
    ellipses: [
      { x: 0, y: 0, across: 0.95, along: 1.2, level: 260 },
      { x: 0.34, y: -0.1, across: 0.055, along: 1, tilt: -0.06, level: 1400 * midline },
      { x: 0.62, y: 0, across: 0.18, along: 1.1, level: 520 },
      ...vertebrae,
      ...discs,
    ],
  }
}

const scenes: Readonly<Record<string, (depth: number) => Scene>> = {
  'CHEST-DX': chestRadiograph,
  'HIP-DX': hipRadiograph,
  'CHEST-CT': chestCt,
  'HEAD-CT': headCt,
  'ABDOMEN-CT': abdomenCt,
  'HEAD-MR': headMr,
  'SPINE-MR': spineMr,
}

/** The scene of one slice, `depth` from 0 (first) to 1 (last), each patient a little different. */
export function sceneOf(procedureCode: string, depth: number, random: Random): Scene {
  const scene = (scenes[procedureCode] ?? chestRadiograph)(depth)
  const build = 1 + random.normal(0, 0.02)
  return {
    ...scene,
    ellipses: scene.ellipses.map((ellipse) => ({ ...ellipse, across: ellipse.across * build })),
  }
}
