struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n2_in: array<i32>;
@group(0) @binding(1)
var<storage> n0_in: array<f32>;
@group(0) @binding(2)
var<storage> n1_in: array<f32>;
@group(0) @binding(3)
var<storage, read_write> n6_out: array<u32>;
@group(0) @binding(4)
var<storage, read_write> n5_out: array<f32>;
@group(0) @binding(5)
var<uniform> uniforms: Uniforms;

fn order_for_max(x: f32) -> i32 {
    let _e1 = bitcast<u32>(x);
    let _e2 = bitcast<i32>(_e1);
    return select((_e2 ^ ((_e2 >> 31u) & 2147483647i)), 2147483647i, (2139095040u < (_e1 & 2147483647u)));
}

@compute @workgroup_size(256, 1, 1)
fn row_concatenate_gather_neg_argmax(@builtin(global_invocation_id) id: vec3<u32>) {
    var n6_running: i32;
    var n6_position: u32;

    let row = id.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let n2_load = n2_in[row];
    n6_running = -2139095041i;
    n6_position = 0u;
    let n4_less = (n2_load < 0i);
    let n4_add = (n2_load + 7i);
    let n4_where = select(n2_load, n4_add, n4_less);
    let n4_minimum = select(n4_where, 6i, (6i < n4_where));
    let n4_maximum = select(n4_minimum, 0i, (n4_minimum < 0i));
    let _e31 = bitcast<u32>(n4_maximum);
    let _e33 = bitcast<i32>(_e31);
    let n3_inside = ((0i <= _e33) & (_e33 < 3i));
    for (var j = 0u; j < 5u; j = j + 1u) {
        let n0_load = n0_in[(j + (bitcast<u32>(max(bitcast<i32>(bitcast<u32>(min(_e33, 2i))), 0i)) * 5u))];
        let n1_load = n1_in[(j + (bitcast<u32>(max(bitcast<i32>(bitcast<u32>(min(bitcast<i32>((_e31 - 3u)), 3i))), 0i)) * 5u))];
        let n3_where = select(n1_load, n0_load, n3_inside);
        let n5_neg = -(n3_where);
        let _e63 = order_for_max(n5_neg);
        let _e66 = select(_e63, 0i, (_e63 == -1i));
        let _e67 = n6_running;
        let _e68 = n6_position;
        let _e73 = ((_e66 > _e67) | ((_e66 == _e67) & (j < _e68)));
        n6_running = select(_e67, _e66, _e73);
        n6_position = select(_e68, j, _e73);
        n5_out[((row * 5u) + j)] = n5_neg;
    }
    let n6_argmax = n6_position;
    n6_out[row] = n6_argmax;
}
