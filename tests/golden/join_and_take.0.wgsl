struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<i32>;
@group(0) @binding(1)
var<storage> b1_in: array<f32>;
@group(0) @binding(2)
var<storage> b2_in: array<f32>;
@group(0) @binding(3)
var<storage, read_write> b3_out: array<u32>;
@group(0) @binding(4)
var<storage, read_write> b4_out: array<f32>;
@group(0) @binding(5)
var<uniform> uniforms: Uniforms;

fn order_for_max(x: f32) -> i32 {
    let _e1 = bitcast<u32>(x);
    let _e2 = bitcast<i32>(_e1);
    return select((_e2 ^ ((_e2 >> 31u) & 2147483647i)), 2147483647i, (2139095040u < (_e1 & 2147483647u)));
}

@compute @workgroup_size(256, 1, 1)
fn row_concatenate_gather_neg_argmax(@builtin(global_invocation_id) id: vec3<u32>) {
    var v14_running: i32;
    var v14_position: u32;

    let row = id.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let v0_load = b0_in[row];
    v14_running = -2139095041i;
    v14_position = 0u;
    let v4_less = (v0_load < 0i);
    let v5_add = (v0_load + 7i);
    let v6_where = select(v0_load, v5_add, v4_less);
    let v7_minimum = select(v6_where, 6i, (6i < v6_where));
    let v8_maximum = select(v7_minimum, 0i, (v7_minimum < 0i));
    let _e31 = bitcast<u32>(v8_maximum);
    let _e33 = bitcast<i32>(_e31);
    let v11_inside = ((0i <= _e33) & (_e33 < 3i));
    for (var j = 0u; j < 5u; j = j + 1u) {
        let v9_load = b1_in[(j + (bitcast<u32>(max(bitcast<i32>(bitcast<u32>(min(_e33, 2i))), 0i)) * 5u))];
        let v10_load = b2_in[(j + (bitcast<u32>(max(bitcast<i32>(bitcast<u32>(min(bitcast<i32>((_e31 - 3u)), 3i))), 0i)) * 5u))];
        let v12_where = select(v10_load, v9_load, v11_inside);
        let v13_neg = -(v12_where);
        let _e63 = order_for_max(v13_neg);
        let _e66 = select(_e63, 0i, (_e63 == -1i));
        let _e67 = v14_running;
        let _e68 = v14_position;
        let _e73 = ((_e66 > _e67) | ((_e66 == _e67) & (j < _e68)));
        v14_running = select(_e67, _e66, _e73);
        v14_position = select(_e68, j, _e73);
        b4_out[((row * 5u) + j)] = v13_neg;
    }
    let v14_argmax = v14_position;
    b3_out[row] = v14_argmax;
}
