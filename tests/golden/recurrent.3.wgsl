struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<i32>;
@group(0) @binding(1)
var<storage, read_write> b1_out: array<i32>;
@group(0) @binding(2)
var<uniform> uniforms: Uniforms;

@compute @workgroup_size(256, 1, 1)
fn map_add_barrier(@builtin(global_invocation_id) id: vec3<u32>) {
    let index = id.x;
    let size = uniforms.size;
    if (index >= size) {
        return;
    }
    let v0_load = b0_in[0u];
    let v2_add = (v0_load + 1i);
    b1_out[0u] = v2_add;
}
