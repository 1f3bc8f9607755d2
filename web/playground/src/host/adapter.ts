/**
 * @file Whether there is a GPU worth looking for. Where there is none, no worker is started only to find that out.
 */
interface AdapterLike {
  readonly info?: { readonly isFallbackAdapter?: boolean };
}

/** Why programs run on the CPU device when the page is free to choose; undefined where there is a GPU. */
export async function reasonForCpu(): Promise<string | undefined> {
  const gpu = (navigator as { gpu?: { requestAdapter(): Promise<AdapterLike | null> } }).gpu;
  if (gpu === undefined) return "no WebGPU: navigator.gpu is missing";
  try {
    const adapter = await gpu.requestAdapter();
    if (adapter === null) return "no WebGPU adapter";
    if (adapter.info?.isFallbackAdapter === true) return "the only WebGPU adapter is a software one, which is slower than the CPU device";
  } catch (reason) {
    return `no WebGPU: ${String(reason)}`;
  }
  return undefined;
}
