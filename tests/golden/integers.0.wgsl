struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n0_in: array<i32>;
@group(0) @binding(1)
var<storage> n1_in: array<i32>;
@group(0) @binding(2)
var<storage, read_write> n7_out: array<u32>;
@group(0) @binding(3)
var<storage, read_write> n6_out: array<u32>;
@group(0) @binding(4)
var<storage, read_write> n4_out: array<i32>;
@group(0) @binding(5)
var<uniform> uniforms: Uniforms;

fn floor_divide(x: i32, y: i32) -> i32 {
    let _e4 = (y == 0i);
    let _e5 = select(y, 1i, _e4);
    let _e11 = select(_e5, 1i, ((x == i32(-2147483648)) & (_e5 == -1i)));
    let _e12 = (x / _e11);
    let _e14 = (x - (_e12 * _e11));
    let _e19 = (!((_e14 == 0i)) & ((_e14 ^ _e11) < 0i));
    return select(select(_e12, (_e12 - 1i), _e19), 0i, _e4);
}

fn mod_(x_1: i32, y_1: i32) -> i32 {
    let _e4 = (y_1 == 0i);
    let _e5 = select(y_1, 1i, _e4);
    let _e11 = select(_e5, 1i, ((x_1 == i32(-2147483648)) & (_e5 == -1i)));
    let _e12 = (x_1 / _e11);
    let _e14 = (x_1 - (_e12 * _e11));
    let _e19 = (!((_e14 == 0i)) & ((_e14 ^ _e11) < 0i));
    return select(select(_e14, (_e14 + _e11), _e19), 0i, _e4);
}

@compute @workgroup_size(256, 1, 1)
fn row_floorDivide_mod_bitwiseXor_less_any_etc(@builtin(global_invocation_id) id: vec3<u32>) {
    var n7_running: u32;
    var n6_running: u32;

    let row = id.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    n7_running = 1u;
    n6_running = 0u;
    for (var i = 0u; i < 24u; i = i + 1u) {
        let n0_load = n0_in[i];
        let n1_load = n1_in[i];
        let n5_less = (n0_load < n1_load);
        let n2_floorDivide = floor_divide(n0_load, n1_load);
        let n3_mod = mod_(n0_load, n1_load);
        let n4_bitwiseXor = (n2_floorDivide ^ n3_mod);
        let _e24 = u32(n5_less);
        let _e25 = n7_running;
        n7_running = (_e25 & _e24);
        let _e27 = n6_running;
        n6_running = (_e27 | _e24);
        n4_out[i] = n4_bitwiseXor;
    }
    let _e34 = n7_running;
    let n7_all = (_e34 != 0u);
    let _e36 = n6_running;
    let n6_any = (_e36 != 0u);
    n7_out[0u] = u32(n7_all);
    n6_out[0u] = u32(n6_any);
}
