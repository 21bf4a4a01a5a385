import { ShapeBuilder } from "./shape-builder.js";

/**
 * The mosaic of astronomical images: Berriman et al. 2004, "Montage". Every image is projected, every overlap of two
 * fitted, one model of the background made of all, taken off every image, and the mosaic put together and shrunk. Images
 * lie in rows of a near square and overlap their neighbours to the right and below.
 */
export function montage(images: number): ShapeBuilder {
  const dag = new ShapeBuilder();
  const row = Math.ceil(Math.sqrt(images));
  const projected = Array.from({ length: images }, () => dag.add(0));
  const fitted: number[] = [];
  for (let i = 0; i < images; i++) {
    if ((i + 1) % row !== 0 && i + 1 < images) fitted.push(dag.add(1, [projected[i]!, projected[i + 1]!]));
    if (i + row < images) fitted.push(dag.add(1, [projected[i]!, projected[i + row]!]));
  }
  const concat = dag.add(2, fitted.length > 0 ? fitted : projected);
  const model = dag.add(3, [concat]);
  const corrected = projected.map((image) => dag.add(4, [image, model]));
  const table = dag.add(5, corrected);
  const sum = dag.add(6, [...corrected, table]);
  const shrunk = dag.add(7, [sum]);
  dag.add(8, [shrunk]);
  return dag;
}
