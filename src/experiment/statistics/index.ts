export { antitheticInterval, pairMeans } from "./antithetic.js";
export { type BatchMeansInterval, batchMeans, batchMeansOf } from "./batch-means.js";
export { benjaminiHochberg } from "./benjamini-hochberg.js";
export { type BestOfSeveral, bestOfSeveral } from "./best-of-several.js";
export { type BootstrapInterval, type BootstrapOptions, bcaInterval } from "./bootstrap.js";
export { fixedWidthInterval, fixedWidthSize } from "./fixed-width.js";
export { type FriedmanTest, friedmanTest } from "./friedman.js";
export { holm } from "./holm.js";
export { type KimNelson, type KimNelsonPlan, kimNelson } from "./kim-nelson.js";
export { type MannWhitneyTest, mannWhitney } from "./mann-whitney.js";
export { halfWidth, type Interval, type MeanInterval, meanInterval } from "./mean-interval.js";
export { type Moments, mean, moments, sampleStandardDeviation, skewness, standardError } from "./moments.js";
export {
  type PairedTTest,
  pairedDifference,
  pairedTTest,
  type RelativeChange,
  relativePairedDifference,
} from "./paired.js";
export { paretoConfidence, paretoFront } from "./pareto-front.js";
export { type QuantileInterval, quantileInterval } from "./quantile-interval.js";
export { quantileSorted } from "./quantile-sorted.js";
export { ratioSeries } from "./ratio.js";
export { absolutePrecision, type Precision, relativePrecision } from "./relative-precision.js";
export { type RinottPlan, rinottConstant, rinottSizes } from "./rinott.js";
export {
  interquartileMean,
  optimalityGap,
  performanceProfile,
  probabilityOfImprovement,
  type StratifiedBootstrapOptions,
  stratifiedBootstrap,
} from "./rliable/index.js";
export { signFlipPValue } from "./sign-flip.js";
export { sizeForSkewness } from "./size-for-skewness.js";
export {
  type StandardizedDifference,
  sizeInWords,
  standardizedDifference,
} from "./standardized-difference.js";
export { type SteadyStateMean, steadyStateMean } from "./steady-state-mean.js";
export { studentTCdf, studentTDensity, studentTQuantile, studentTUpperTail } from "./student-t.js";
export {
  type PairedSuperiority,
  pairedSuperiority,
  type Superiority,
  superiority,
  wilson,
} from "./superiority.js";
export {
  andersonDarling,
  cramerVonMises,
  energyDistance,
  type KolmogorovSmirnovTest,
  kolmogorovSmirnov,
  permutationTest,
} from "./two-sample/index.js";
export { type VonNeumannTest, vonNeumannTest } from "./von-neumann.js";
export { mser5, type WarmUp } from "./warm-up.js";
export { type SignedRankTest, wilcoxonSignedRank } from "./wilcoxon.js";
