struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n129_in: array<u32>;
@group(0) @binding(1)
var<storage> n0_in: array<f32>;
@group(0) @binding(2)
var<storage> n34_in: array<i32>;
@group(0) @binding(3)
var<storage> n155_in: array<f32>;
@group(0) @binding(4)
var<storage> n144_in: array<f32>;
@group(0) @binding(5)
var<storage, read_write> n171_out: array<f32>;
@group(0) @binding(6)
var<uniform> uniforms: Uniforms;

fn floor_div(x: i32, y: i32) -> i32 {
    let _e2 = (x / y);
    return select(_e2, (_e2 - 1i), ((x % y) < 0i));
}

@compute @workgroup_size(256, 1, 1)
fn index_less_sub_equal_add_where_etc(@builtin(global_invocation_id) id: vec3<u32>) {
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
    let _e35 = bitcast<u32>(n168_int32);
    let _e36 = bitcast<i32>(_e35);
    let n34_load = n34_in[bitcast<u32>(max(bitcast<i32>(bitcast<u32>(min(_e36, 899i))), 0i))];
    let n138_inside = ((0i <= _e36) & (_e36 < 900i));
    let n138_where = select(2147483647i, n34_load, n138_inside);
    let _e52 = floor_div(_e36, 32i);
    let _e53 = bitcast<u32>(_e52);
    let _e62 = bitcast<u32>(max(bitcast<i32>(bitcast<u32>(min(bitcast<i32>((_e53 - 1u)), 28i))), 0i));
    let _e65 = ((_e62 * 32u) + 31u);
    let n34_load_b = n34_in[max(min(_e65, 899u), 0u)];
    let n138_inside_b = (bitcast<i32>(_e65) < 900i);
    let n138_where_b = select(2147483647i, n34_load_b, n138_inside_b);
    let _e74 = bitcast<i32>(_e53);
    let n158_inside = ((1i <= _e74) & (_e74 < 30i));
    let n158_where = select(-1i, n138_where_b, n158_inside);
    let n161_equal = (n138_where == n158_where);
    let n155_load = n155_in[(j + (_e62 * 3u))];
    let n156_where = select(0f, n155_load, n158_inside);
    let n144_load = n144_in[(j + (_e35 * 3u))];
    let n164_add = (n156_where + n144_load);
    let n165_where = select(n144_load, n164_add, n161_equal);
    let n170_add = (n0_load + n165_where);
    let n171_where = select(n0_load, n170_add, n132_less);
    n171_out[_e20] = n171_where;
}
