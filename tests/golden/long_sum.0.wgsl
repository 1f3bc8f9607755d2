struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n0_in: array<f32>;
@group(0) @binding(1)
var<storage, read_write> n10_out: array<u32>;
@group(0) @binding(2)
var<storage, read_write> n9_out: array<f32>;
@group(0) @binding(3)
var<storage, read_write> n6_out: array<f32>;
@group(0) @binding(4)
var<storage, read_write> n3_out: array<f32>;
@group(0) @binding(5)
var<uniform> uniforms: Uniforms;
var<workgroup> scratch: array<i32, 256>;
var<workgroup> scratch_b: array<u32, 256>;
var<workgroup> scratch_c: array<i32, 256>;
var<workgroup> scratch_d: array<i32, 256>;
var<workgroup> scratch_e: array<f32, 256>;

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

@compute @workgroup_size(256, 1, 1)
fn row_reshape_sum_max_min_argmin(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var n10_running: i32;
    var n10_position: u32;
    var n9_running: i32;
    var n6_running: i32;
    var n3_running: f32;

    let row = group.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    n10_running = 2147483647i;
    n10_position = 4294967295u;
    n9_running = 2147483647i;
    n6_running = i32(-2147483648);
    n3_running = 0f;
    for (var j = lane; j < 5000u; j = j + 256u) {
        let n0_load = n0_in[((row * 5000u) + j)];
        let _e28 = order_for_min(n0_load);
        let _e32 = select(_e28, 0i, (_e28 == -1i));
        let _e33 = n10_running;
        let _e34 = n10_position;
        let _e39 = ((_e32 < _e33) | ((_e32 == _e33) & (j < _e34)));
        n10_running = select(_e33, _e32, _e39);
        n10_position = select(_e34, j, _e39);
        let _e42 = n9_running;
        n9_running = min(_e42, _e28);
        let _e44 = order_for_max(n0_load);
        let _e45 = n6_running;
        n6_running = max(_e45, _e44);
        let _e47 = n3_running;
        n3_running = (_e47 + n0_load);
    }
    let _e58 = n10_running;
    scratch[lane] = _e58;
    let _e60 = n10_position;
    scratch_b[lane] = _e60;
    let _e62 = n9_running;
    scratch_c[lane] = _e62;
    let _e64 = n6_running;
    scratch_d[lane] = _e64;
    let _e66 = n3_running;
    scratch_e[lane] = _e66;
    workgroupBarrier();
    if (lane < 128u) {
        let _e69 = (lane + 128u);
        let _e71 = scratch[_e69];
        let _e73 = scratch_b[_e69];
        let _e74 = scratch[lane];
        let _e75 = scratch_b[lane];
        let _e80 = ((_e71 < _e74) | ((_e71 == _e74) & (_e73 < _e75)));
        scratch[lane] = select(_e74, _e71, _e80);
        scratch_b[lane] = select(_e75, _e73, _e80);
        let _e84 = scratch_c[_e69];
        let _e85 = scratch_c[lane];
        scratch_c[lane] = min(_e85, _e84);
        let _e88 = scratch_d[_e69];
        let _e89 = scratch_d[lane];
        scratch_d[lane] = max(_e89, _e88);
        let _e92 = scratch_e[_e69];
        let _e93 = scratch_e[lane];
        scratch_e[lane] = (_e93 + _e92);
    }
    workgroupBarrier();
    if (lane < 64u) {
        let _e97 = (lane + 64u);
        let _e99 = scratch[_e97];
        let _e101 = scratch_b[_e97];
        let _e102 = scratch[lane];
        let _e103 = scratch_b[lane];
        let _e108 = ((_e99 < _e102) | ((_e99 == _e102) & (_e101 < _e103)));
        scratch[lane] = select(_e102, _e99, _e108);
        scratch_b[lane] = select(_e103, _e101, _e108);
        let _e112 = scratch_c[_e97];
        let _e113 = scratch_c[lane];
        scratch_c[lane] = min(_e113, _e112);
        let _e116 = scratch_d[_e97];
        let _e117 = scratch_d[lane];
        scratch_d[lane] = max(_e117, _e116);
        let _e120 = scratch_e[_e97];
        let _e121 = scratch_e[lane];
        scratch_e[lane] = (_e121 + _e120);
    }
    workgroupBarrier();
    if (lane < 32u) {
        let _e125 = (lane + 32u);
        let _e127 = scratch[_e125];
        let _e129 = scratch_b[_e125];
        let _e130 = scratch[lane];
        let _e131 = scratch_b[lane];
        let _e136 = ((_e127 < _e130) | ((_e127 == _e130) & (_e129 < _e131)));
        scratch[lane] = select(_e130, _e127, _e136);
        scratch_b[lane] = select(_e131, _e129, _e136);
        let _e140 = scratch_c[_e125];
        let _e141 = scratch_c[lane];
        scratch_c[lane] = min(_e141, _e140);
        let _e144 = scratch_d[_e125];
        let _e145 = scratch_d[lane];
        scratch_d[lane] = max(_e145, _e144);
        let _e148 = scratch_e[_e125];
        let _e149 = scratch_e[lane];
        scratch_e[lane] = (_e149 + _e148);
    }
    workgroupBarrier();
    if (lane < 16u) {
        let _e153 = (lane + 16u);
        let _e155 = scratch[_e153];
        let _e157 = scratch_b[_e153];
        let _e158 = scratch[lane];
        let _e159 = scratch_b[lane];
        let _e164 = ((_e155 < _e158) | ((_e155 == _e158) & (_e157 < _e159)));
        scratch[lane] = select(_e158, _e155, _e164);
        scratch_b[lane] = select(_e159, _e157, _e164);
        let _e168 = scratch_c[_e153];
        let _e169 = scratch_c[lane];
        scratch_c[lane] = min(_e169, _e168);
        let _e172 = scratch_d[_e153];
        let _e173 = scratch_d[lane];
        scratch_d[lane] = max(_e173, _e172);
        let _e176 = scratch_e[_e153];
        let _e177 = scratch_e[lane];
        scratch_e[lane] = (_e177 + _e176);
    }
    workgroupBarrier();
    if (lane < 8u) {
        let _e181 = (lane + 8u);
        let _e183 = scratch[_e181];
        let _e185 = scratch_b[_e181];
        let _e186 = scratch[lane];
        let _e187 = scratch_b[lane];
        let _e192 = ((_e183 < _e186) | ((_e183 == _e186) & (_e185 < _e187)));
        scratch[lane] = select(_e186, _e183, _e192);
        scratch_b[lane] = select(_e187, _e185, _e192);
        let _e196 = scratch_c[_e181];
        let _e197 = scratch_c[lane];
        scratch_c[lane] = min(_e197, _e196);
        let _e200 = scratch_d[_e181];
        let _e201 = scratch_d[lane];
        scratch_d[lane] = max(_e201, _e200);
        let _e204 = scratch_e[_e181];
        let _e205 = scratch_e[lane];
        scratch_e[lane] = (_e205 + _e204);
    }
    workgroupBarrier();
    if (lane < 4u) {
        let _e209 = (lane + 4u);
        let _e211 = scratch[_e209];
        let _e213 = scratch_b[_e209];
        let _e214 = scratch[lane];
        let _e215 = scratch_b[lane];
        let _e220 = ((_e211 < _e214) | ((_e211 == _e214) & (_e213 < _e215)));
        scratch[lane] = select(_e214, _e211, _e220);
        scratch_b[lane] = select(_e215, _e213, _e220);
        let _e224 = scratch_c[_e209];
        let _e225 = scratch_c[lane];
        scratch_c[lane] = min(_e225, _e224);
        let _e228 = scratch_d[_e209];
        let _e229 = scratch_d[lane];
        scratch_d[lane] = max(_e229, _e228);
        let _e232 = scratch_e[_e209];
        let _e233 = scratch_e[lane];
        scratch_e[lane] = (_e233 + _e232);
    }
    workgroupBarrier();
    if (lane < 2u) {
        let _e237 = (lane + 2u);
        let _e239 = scratch[_e237];
        let _e241 = scratch_b[_e237];
        let _e242 = scratch[lane];
        let _e243 = scratch_b[lane];
        let _e248 = ((_e239 < _e242) | ((_e239 == _e242) & (_e241 < _e243)));
        scratch[lane] = select(_e242, _e239, _e248);
        scratch_b[lane] = select(_e243, _e241, _e248);
        let _e252 = scratch_c[_e237];
        let _e253 = scratch_c[lane];
        scratch_c[lane] = min(_e253, _e252);
        let _e256 = scratch_d[_e237];
        let _e257 = scratch_d[lane];
        scratch_d[lane] = max(_e257, _e256);
        let _e260 = scratch_e[_e237];
        let _e261 = scratch_e[lane];
        scratch_e[lane] = (_e261 + _e260);
    }
    workgroupBarrier();
    if (lane < 1u) {
        let _e264 = (lane + 1u);
        let _e266 = scratch[_e264];
        let _e268 = scratch_b[_e264];
        let _e269 = scratch[lane];
        let _e270 = scratch_b[lane];
        let _e275 = ((_e266 < _e269) | ((_e266 == _e269) & (_e268 < _e270)));
        scratch[lane] = select(_e269, _e266, _e275);
        scratch_b[lane] = select(_e270, _e268, _e275);
        let _e279 = scratch_c[_e264];
        let _e280 = scratch_c[lane];
        scratch_c[lane] = min(_e280, _e279);
        let _e283 = scratch_d[_e264];
        let _e284 = scratch_d[lane];
        scratch_d[lane] = max(_e284, _e283);
        let _e287 = scratch_e[_e264];
        let _e288 = scratch_e[lane];
        scratch_e[lane] = (_e288 + _e287);
    }
    workgroupBarrier();
    let n10_argmin = scratch_b[0u];
    let _e293 = scratch_c[0u];
    let n9_min = from_order(_e293);
    let _e296 = scratch_d[0u];
    let n6_max = from_order(_e296);
    let n3_sum = scratch_e[0u];
    if (lane == 0u) {
        n10_out[row] = n10_argmin;
        n9_out[row] = n9_min;
        n6_out[row] = n6_max;
        n3_out[row] = n3_sum;
    }
}
