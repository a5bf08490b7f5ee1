/** The few of primeicons that the page shows, drawn from its SVG files: no font to wait for. */
import bars from 'primeicons/raw-svg/bars.svg?raw'
import bell from 'primeicons/raw-svg/bell.svg?raw'
import check from 'primeicons/raw-svg/check-circle.svg?raw'
import copy from 'primeicons/raw-svg/copy.svg?raw'
import desktop from 'primeicons/raw-svg/desktop.svg?raw'
import download from 'primeicons/raw-svg/download.svg?raw'
import external from 'primeicons/raw-svg/external-link.svg?raw'
import eye from 'primeicons/raw-svg/eye.svg?raw'
import eyeSlash from 'primeicons/raw-svg/eye-slash.svg?raw'
import filter from 'primeicons/raw-svg/filter.svg?raw'
import left from 'primeicons/raw-svg/arrow-left.svg?raw'
import moon from 'primeicons/raw-svg/moon.svg?raw'
import pause from 'primeicons/raw-svg/pause.svg?raw'
import play from 'primeicons/raw-svg/play.svg?raw'
import plus from 'primeicons/raw-svg/plus.svg?raw'
import print from 'primeicons/raw-svg/print.svg?raw'
import question from 'primeicons/raw-svg/question-circle.svg?raw'
import refresh from 'primeicons/raw-svg/refresh.svg?raw'
import search from 'primeicons/raw-svg/search.svg?raw'
import sun from 'primeicons/raw-svg/sun.svg?raw'
import times from 'primeicons/raw-svg/times.svg?raw'
import trash from 'primeicons/raw-svg/trash.svg?raw'
import warning from 'primeicons/raw-svg/exclamation-triangle.svg?raw'

const RAW = {
  bars,
  bell,
  check,
  copy,
  desktop,
  download,
  external,
  eye,
  eyeSlash,
  filter,
  left,
  moon,
  pause,
  play,
  plus,
  print,
  question,
  refresh,
  search,
  sun,
  times,
  trash,
  warning,
}

export type IconName = keyof typeof RAW

const pathsOf = (svg: string) => [...svg.matchAll(/\sd="([^"]+)"/g)].map((match) => match[1]!)

export const ICONS = Object.fromEntries(Object.entries(RAW).map(([name, svg]) => [name, pathsOf(svg)])) as Record<
  IconName,
  string[]
>
