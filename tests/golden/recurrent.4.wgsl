struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n4_in: array<vec4<f32>>;
@group(0) @binding(1)
var<storage> n4_in_b: array<i32>;
@group(0) @binding(2)
var<storage, read_write> n4_out: array<vec4<f32>>;
@group(0) @binding(3)
var<uniform> uniforms: Uniforms;

@compute @workgroup_size(256, 1, 1)
fn stack(@builtin(global_invocation_id) id: vec3<u32>) {
    let quad = id.x;
    let size = uniforms.size;
    let _e6 = (quad * 4u);
    if (_e6 >= size) {
        return;
    }
    let n4_load = n4_in_b[0u];
    let n4_load_b = n4_in[quad];
    n4_out[((bitcast<u32>(n4_load) * 4u) + quad)] = n4_load_b;
}
