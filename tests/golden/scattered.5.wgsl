struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n129_in: array<u32>;
@group(0) @binding(1)
var<storage> n0_in: array<f32>;
@group(0) @binding(2)
var<storage> n167_in: array<f32>;
@group(0) @binding(3)
var<storage, read_write> n171_out: array<f32>;
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
    let n129_load = n129_in[i];
    let n129_load_b = n129_in[(i + 1u)];
    let n132_less = (n129_load < n129_load_b);
    let _e20 = ((i * 3u) + j);
    let n0_load = n0_in[_e20];
    let n134_sub = (n129_load_b - 1u);
    let _e29 = constant;
    let n168_uint32 = bitcast<u32>(_e29);
    let n168_minimum = select(n134_sub, n168_uint32, (n168_uint32 < n134_sub));
    let n168_int32 = bitcast<i32>(n168_minimum);
    let n167_load = n167_in[(j + (bitcast<u32>(n168_int32) * 3u))];
    let n170_add = (n0_load + n167_load);
    let n171_where = select(n0_load, n170_add, n132_less);
    n171_out[_e20] = n171_where;
}
