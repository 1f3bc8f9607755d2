struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<i32>;
@group(0) @binding(1)
var<storage> b1_in: array<i32>;
@group(0) @binding(2)
var<storage, read_write> b2_out: array<u32>;
@group(0) @binding(3)
var<storage, read_write> b3_out: array<u32>;
@group(0) @binding(4)
var<storage, read_write> b4_out: array<i32>;
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
    var v6_running: u32;
    var v7_running: u32;

    let row = id.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    v6_running = 1u;
    v7_running = 0u;
    for (var i = 0u; i < 24u; i = i + 1u) {
        let v0_load = b0_in[i];
        let v1_load = b1_in[i];
        let v2_less = (v0_load < v1_load);
        let v3_floorDivide = floor_divide(v0_load, v1_load);
        let v4_mod = mod_(v0_load, v1_load);
        let v5_bitwiseXor = (v3_floorDivide ^ v4_mod);
        let _e24 = u32(v2_less);
        let _e25 = v6_running;
        v6_running = (_e25 & _e24);
        let _e27 = v7_running;
        v7_running = (_e27 | _e24);
        b4_out[i] = v5_bitwiseXor;
    }
    let _e34 = v6_running;
    let v6_all = (_e34 != 0u);
    let _e36 = v7_running;
    let v7_any = (_e36 != 0u);
    b2_out[0u] = u32(v6_all);
    b3_out[0u] = u32(v7_any);
}
