// The kernels of the network, in AssemblyScript (https://www.assemblyscript.org). `npm run kernels` compiles them
// into ../kernels.generated.ts. They keep no state and own no memory: addresses are bytes in the one linear memory,
// laid out and grown by ../../network/simd-network.ts, which also says what each array means. Every sum has one
// order, whatever the size of a batch, so a row's result does not depend on the rows beside it.
export { adam, sumBlocks, sumOfSquares } from "./adam";
export { layAlong, logitsToScores, scoresToLogits } from "./flat";
export { gather, collect, spread } from "./gather";
export { multiply } from "./multiply";
export { project, projectBackward } from "./project";
export { transpose } from "./transpose";
