struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<f32>;
@group(0) @binding(1)
var<storage> b1_in: array<u32>;
@group(0) @binding(2)
var<storage> b2_in: array<f32>;
@group(0) @binding(3)
var<storage> b3_in: array<f32>;
@group(0) @binding(4)
var<storage, read_write> b4_out: array<u32>;
@group(0) @binding(5)
var<storage, read_write> b5_out: array<f32>;
@group(0) @binding(6)
var<storage, read_write> b6_out: array<f32>;
@group(0) @binding(7)
var<uniform> uniforms: Uniforms;
var<workgroup> scratch: array<i32, 32>;
var<workgroup> scratch_b: array<u32, 32>;
var<workgroup> scratch_c: array<i32, 32>;
var<workgroup> scratch_d: array<f32, 32>;

fn order_for_min(x: f32) -> i32 {
    let _e1 = bitcast<u32>(x);
    let _e2 = bitcast<i32>(_e1);
    return select((_e2 ^ ((_e2 >> 31u) & 2147483647i)), i32(-2147483648), (2139095040u < (_e1 & 2147483647u)));
}

fn order_for_max(x_1: f32) -> i32 {
    let _e1 = bitcast<u32>(x_1);
    let _e2 = bitcast<i32>(_e1);
    return select((_e2 ^ ((_e2 >> 31u) & 2147483647i)), 2147483647i, (2139095040u < (_e1 & 2147483647u)));
}

fn from_order(x_2: i32) -> f32 {
    return bitcast<f32>(bitcast<u32>((x_2 ^ ((x_2 >> 31u) & 2147483647i))));
}

@compute @workgroup_size(32, 1, 1)
fn row_sum_max_argmin_iota_mul_etc(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var constant: i32 = 0i;
    var v8_running: i32;
    var v8_position: u32;
    var v9_running: i32;
    var v10_running: f32;
    var constant_b: i32 = 59i;

    let row = group.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let _e11 = constant;
    let v2_uint32 = bitcast<u32>(_e11);
    let v4_mul = (v2_uint32 * 60u);
    v8_running = 2139095040i;
    v8_position = 0u;
    v9_running = -2139095041i;
    v10_running = 0f;
    for (var i = lane; i < 60u; i = i + 32u) {
        let v5_load = b0_in[i];
        let v6_load = b2_in[i];
        let v7_load = b3_in[i];
        let _e36 = order_for_min(v5_load);
        let _e39 = select(_e36, 0i, (_e36 == -1i));
        let _e40 = v8_running;
        let _e41 = v8_position;
        let _e46 = ((_e39 < _e40) | ((_e39 == _e40) & (i < _e41)));
        v8_running = select(_e40, _e39, _e46);
        v8_position = select(_e41, i, _e46);
        let _e49 = order_for_max(v6_load);
        let _e50 = v9_running;
        v9_running = max(_e50, _e49);
        let _e52 = v10_running;
        v10_running = (_e52 + v7_load);
    }
    let _e62 = v8_running;
    scratch[lane] = _e62;
    let _e64 = v8_position;
    scratch_b[lane] = _e64;
    let _e66 = v9_running;
    scratch_c[lane] = _e66;
    let _e68 = v10_running;
    scratch_d[lane] = _e68;
    workgroupBarrier();
    if (lane < 16u) {
        let _e71 = (lane + 16u);
        let _e73 = scratch[_e71];
        let _e75 = scratch_b[_e71];
        let _e76 = scratch[lane];
        let _e77 = scratch_b[lane];
        let _e82 = ((_e73 < _e76) | ((_e73 == _e76) & (_e75 < _e77)));
        scratch[lane] = select(_e76, _e73, _e82);
        scratch_b[lane] = select(_e77, _e75, _e82);
        let _e86 = scratch_c[_e71];
        let _e87 = scratch_c[lane];
        scratch_c[lane] = max(_e87, _e86);
        let _e90 = scratch_d[_e71];
        let _e91 = scratch_d[lane];
        scratch_d[lane] = (_e91 + _e90);
    }
    workgroupBarrier();
    if (lane < 8u) {
        let _e95 = (lane + 8u);
        let _e97 = scratch[_e95];
        let _e99 = scratch_b[_e95];
        let _e100 = scratch[lane];
        let _e101 = scratch_b[lane];
        let _e106 = ((_e97 < _e100) | ((_e97 == _e100) & (_e99 < _e101)));
        scratch[lane] = select(_e100, _e97, _e106);
        scratch_b[lane] = select(_e101, _e99, _e106);
        let _e110 = scratch_c[_e95];
        let _e111 = scratch_c[lane];
        scratch_c[lane] = max(_e111, _e110);
        let _e114 = scratch_d[_e95];
        let _e115 = scratch_d[lane];
        scratch_d[lane] = (_e115 + _e114);
    }
    workgroupBarrier();
    if (lane < 4u) {
        let _e119 = (lane + 4u);
        let _e121 = scratch[_e119];
        let _e123 = scratch_b[_e119];
        let _e124 = scratch[lane];
        let _e125 = scratch_b[lane];
        let _e130 = ((_e121 < _e124) | ((_e121 == _e124) & (_e123 < _e125)));
        scratch[lane] = select(_e124, _e121, _e130);
        scratch_b[lane] = select(_e125, _e123, _e130);
        let _e134 = scratch_c[_e119];
        let _e135 = scratch_c[lane];
        scratch_c[lane] = max(_e135, _e134);
        let _e138 = scratch_d[_e119];
        let _e139 = scratch_d[lane];
        scratch_d[lane] = (_e139 + _e138);
    }
    workgroupBarrier();
    if (lane < 2u) {
        let _e143 = (lane + 2u);
        let _e145 = scratch[_e143];
        let _e147 = scratch_b[_e143];
        let _e148 = scratch[lane];
        let _e149 = scratch_b[lane];
        let _e154 = ((_e145 < _e148) | ((_e145 == _e148) & (_e147 < _e149)));
        scratch[lane] = select(_e148, _e145, _e154);
        scratch_b[lane] = select(_e149, _e147, _e154);
        let _e158 = scratch_c[_e143];
        let _e159 = scratch_c[lane];
        scratch_c[lane] = max(_e159, _e158);
        let _e162 = scratch_d[_e143];
        let _e163 = scratch_d[lane];
        scratch_d[lane] = (_e163 + _e162);
    }
    workgroupBarrier();
    if (lane < 1u) {
        let _e166 = (lane + 1u);
        let _e168 = scratch[_e166];
        let _e170 = scratch_b[_e166];
        let _e171 = scratch[lane];
        let _e172 = scratch_b[lane];
        let _e177 = ((_e168 < _e171) | ((_e168 == _e171) & (_e170 < _e172)));
        scratch[lane] = select(_e171, _e168, _e177);
        scratch_b[lane] = select(_e172, _e170, _e177);
        let _e181 = scratch_c[_e166];
        let _e182 = scratch_c[lane];
        scratch_c[lane] = max(_e182, _e181);
        let _e185 = scratch_d[_e166];
        let _e186 = scratch_d[lane];
        scratch_d[lane] = (_e186 + _e185);
    }
    workgroupBarrier();
    let v8_argmin = scratch_b[0u];
    let _e191 = scratch_c[0u];
    let v9_max = from_order(_e191);
    let v10_sum = scratch_d[0u];
    let v11_mul = (v8_argmin * 5000u);
    let v12_add = (v4_mul + v8_argmin);
    let _e201 = constant_b;
    let v15_uint32 = bitcast<u32>(_e201);
    let v16_minimum = select(v12_add, v15_uint32, (v15_uint32 < v12_add));
    let v17_int32 = bitcast<i32>(v16_minimum);
    let v18_load = b1_in[bitcast<u32>(v17_int32)];
    let v19_add = (v11_mul + v18_load);
    if (lane == 0u) {
        b4_out[0u] = v19_add;
        b5_out[0u] = v9_max;
        b6_out[0u] = v10_sum;
    }
}
