/** @file A driver that refuses kernels of more than one op: the pipeline is made of an entry point that the shader lacks. */

let on = false;
/** The ops of each module: lines that name a value, but not one that only loads or counts. */
const ops = new WeakMap();
const { createShaderModule, createComputePipeline } = GPUDevice.prototype;

GPUDevice.prototype.createShaderModule = function (descriptor) {
  const module = createShaderModule.call(this, descriptor);
  ops.set(module, descriptor.code.match(/let v\d+_(?!load|index|u?int32)/g)?.length ?? 0);
  return module;
};

GPUDevice.prototype.createComputePipeline = function (descriptor) {
  const { compute } = descriptor;
  return createComputePipeline.call(
    this,
    on && ops.get(compute.module) > 1 ? { ...descriptor, compute: { ...compute, entryPoint: "missing" } } : descriptor,
  );
};

/** From now on, or not. */
export function refuses(now) {
  on = now;
}
