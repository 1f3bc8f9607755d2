struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n4_in: array<i32>;
@group(0) @binding(1)
var<storage, read_write> n4_out: array<i32>;
@group(0) @binding(2)
var<uniform> uniforms: Uniforms;

@compute @workgroup_size(256, 1, 1)
fn map_add_barrier(@builtin(global_invocation_id) id: vec3<u32>) {
    let index = id.x;
    let size = uniforms.size;
    if (index >= size) {
        return;
    }
    let n4_load = n4_in[0u];
    let n4_add = (n4_load + 1i);
    n4_out[0u] = n4_add;
}
