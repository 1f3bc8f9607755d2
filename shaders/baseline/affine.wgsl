// y = 2 x + 1 over 16 elements: the smallest useful kernel, one workgroup.
//
// A hand-written baseline that generated kernels are measured against: the benchmark of cached calls (web/interfuse/bench)
// encodes, runs and submits it with everything made beforehand, which is the least that any library can spend on a call.
// Nothing that ships reads this file.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < 16u) {
    y[id.x] = x[id.x] * 2.0 + 1.0;
  }
}
