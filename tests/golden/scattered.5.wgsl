struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<u32>;
@group(0) @binding(1)
var<storage> b1_in: array<f32>;
@group(0) @binding(2)
var<storage> b2_in: array<f32>;
@group(0) @binding(3)
var<storage, read_write> b3_out: array<f32>;
@group(0) @binding(4)
var<uniform> uniforms: Uniforms;

@compute @workgroup_size(256, 1, 1)
fn index_less_sub_gather_add_where(@builtin(global_invocation_id) id: vec3<u32>) {
    var constant: i32 = 899i;

    let index = id.x;
    let size = uniforms.size;
    if (index >= size) {
        return;
    }
    let j = (index % 3u);
    let i = (index / 3u);
    let v0_load = b0_in[i];
    let v1_load = b0_in[(i + 1u)];
    let v2_less = (v0_load < v1_load);
    let _e20 = ((i * 3u) + j);
    let v3_load = b1_in[_e20];
    let v5_sub = (v1_load - 1u);
    let _e29 = constant;
    let v8_uint32 = bitcast<u32>(_e29);
    let v9_minimum = select(v5_sub, v8_uint32, (v8_uint32 < v5_sub));
    let v10_int32 = bitcast<i32>(v9_minimum);
    let v11_load = b2_in[(j + (bitcast<u32>(v10_int32) * 3u))];
    let v12_add = (v3_load + v11_load);
    let v13_where = select(v3_load, v12_add, v2_less);
    b3_out[_e20] = v13_where;
}
