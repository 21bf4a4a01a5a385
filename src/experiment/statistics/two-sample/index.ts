export { andersonDarling } from "./anderson-darling.js";
export { cramerVonMises } from "./cramer-von-mises.js";
export { energyDistance } from "./energy-distance.js";
export { type KolmogorovSmirnovTest, kolmogorovSmirnov } from "./kolmogorov-smirnov.js";
export { permutationTest } from "./permutation-test.js";
