export { benchmarkReport, type ReportLibraries, type ReportOptions } from "./benchmark-report.js";
export type { ChartSpec } from "./chart-spec.js";
export { costChart } from "./cost-chart.js";
export { differenceChart } from "./difference-chart.js";
export { flowTimeChart } from "./flow-time-chart.js";
export { learningCurveChart } from "./learning-curve-chart.js";
export { DARK, LIGHT, type Palette } from "./palette.js";
export { type SvgOptions, svgChart } from "./svg-chart.js";
export { utilisationChart } from "./utilisation-chart.js";
