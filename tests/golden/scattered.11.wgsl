struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n682_in: array<u32>;
@group(0) @binding(1)
var<storage> n0_in: array<f32>;
@group(0) @binding(2)
var<storage> n597_in: array<i32>;
@group(0) @binding(3)
var<storage> n708_in: array<f32>;
@group(0) @binding(4)
var<storage> n697_in: array<f32>;
@group(0) @binding(5)
var<storage, read_write> n724_out: array<f32>;
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
    let n682_load = n682_in[i];
    let n682_load_b = n682_in[(i + 1u)];
    let n685_less = (n682_load < n682_load_b);
    let _e20 = ((i * 3u) + j);
    let n0_load = n0_in[_e20];
    let n687_sub = (n682_load_b - 1u);
    let _e29 = constant;
    let n721_uint32 = bitcast<u32>(_e29);
    let n721_minimum = select(n687_sub, n721_uint32, (n721_uint32 < n687_sub));
    let n721_int32 = bitcast<i32>(n721_minimum);
    let _e35 = bitcast<u32>(n721_int32);
    let _e36 = bitcast<i32>(_e35);
    let n597_load = n597_in[bitcast<u32>(max(bitcast<i32>(bitcast<u32>(min(_e36, 899i))), 0i))];
    let n691_inside = ((0i <= _e36) & (_e36 < 900i));
    let n691_where = select(2147483647i, n597_load, n691_inside);
    let _e52 = floor_div(_e36, 32i);
    let _e53 = bitcast<u32>(_e52);
    let _e62 = bitcast<u32>(max(bitcast<i32>(bitcast<u32>(min(bitcast<i32>((_e53 - 1u)), 28i))), 0i));
    let _e65 = ((_e62 * 32u) + 31u);
    let n597_load_b = n597_in[max(min(_e65, 899u), 0u)];
    let n691_inside_b = (bitcast<i32>(_e65) < 900i);
    let n691_where_b = select(2147483647i, n597_load_b, n691_inside_b);
    let _e74 = bitcast<i32>(_e53);
    let n711_inside = ((1i <= _e74) & (_e74 < 30i));
    let n711_where = select(-1i, n691_where_b, n711_inside);
    let n714_equal = (n691_where == n711_where);
    let n708_load = n708_in[(j + (_e62 * 3u))];
    let n709_where = select(0f, n708_load, n711_inside);
    let n697_load = n697_in[(j + (_e35 * 3u))];
    let n717_add = (n709_where + n697_load);
    let n718_where = select(n697_load, n717_add, n714_equal);
    let n723_add = (n0_load + n718_where);
    let n724_where = select(n0_load, n723_add, n685_less);
    n724_out[_e20] = n724_where;
}
