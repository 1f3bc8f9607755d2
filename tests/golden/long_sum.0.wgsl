struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<f32>;
@group(0) @binding(1)
var<storage, read_write> b1_out: array<u32>;
@group(0) @binding(2)
var<storage, read_write> b2_out: array<f32>;
@group(0) @binding(3)
var<storage, read_write> b3_out: array<f32>;
@group(0) @binding(4)
var<storage, read_write> b4_out: array<f32>;
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
fn row_sum_max_min_argmin(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var v1_running: i32;
    var v1_position: u32;
    var v2_running: i32;
    var v3_running: i32;
    var v4_running: f32;

    let row = group.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    v1_running = 2139095040i;
    v1_position = 0u;
    v2_running = 2139095040i;
    v3_running = -2139095041i;
    v4_running = 0f;
    for (var j = lane; j < 5000u; j = j + 256u) {
        let v0_load = b0_in[((row * 5000u) + j)];
        let _e27 = order_for_min(v0_load);
        let _e31 = select(_e27, 0i, (_e27 == -1i));
        let _e32 = v1_running;
        let _e33 = v1_position;
        let _e38 = ((_e31 < _e32) | ((_e31 == _e32) & (j < _e33)));
        v1_running = select(_e32, _e31, _e38);
        v1_position = select(_e33, j, _e38);
        let _e41 = v2_running;
        v2_running = min(_e41, _e27);
        let _e43 = order_for_max(v0_load);
        let _e44 = v3_running;
        v3_running = max(_e44, _e43);
        let _e46 = v4_running;
        v4_running = (_e46 + v0_load);
    }
    let _e57 = v1_running;
    scratch[lane] = _e57;
    let _e59 = v1_position;
    scratch_b[lane] = _e59;
    let _e61 = v2_running;
    scratch_c[lane] = _e61;
    let _e63 = v3_running;
    scratch_d[lane] = _e63;
    let _e65 = v4_running;
    scratch_e[lane] = _e65;
    workgroupBarrier();
    if (lane < 128u) {
        let _e68 = (lane + 128u);
        let _e70 = scratch[_e68];
        let _e72 = scratch_b[_e68];
        let _e73 = scratch[lane];
        let _e74 = scratch_b[lane];
        let _e79 = ((_e70 < _e73) | ((_e70 == _e73) & (_e72 < _e74)));
        scratch[lane] = select(_e73, _e70, _e79);
        scratch_b[lane] = select(_e74, _e72, _e79);
        let _e83 = scratch_c[_e68];
        let _e84 = scratch_c[lane];
        scratch_c[lane] = min(_e84, _e83);
        let _e87 = scratch_d[_e68];
        let _e88 = scratch_d[lane];
        scratch_d[lane] = max(_e88, _e87);
        let _e91 = scratch_e[_e68];
        let _e92 = scratch_e[lane];
        scratch_e[lane] = (_e92 + _e91);
    }
    workgroupBarrier();
    if (lane < 64u) {
        let _e96 = (lane + 64u);
        let _e98 = scratch[_e96];
        let _e100 = scratch_b[_e96];
        let _e101 = scratch[lane];
        let _e102 = scratch_b[lane];
        let _e107 = ((_e98 < _e101) | ((_e98 == _e101) & (_e100 < _e102)));
        scratch[lane] = select(_e101, _e98, _e107);
        scratch_b[lane] = select(_e102, _e100, _e107);
        let _e111 = scratch_c[_e96];
        let _e112 = scratch_c[lane];
        scratch_c[lane] = min(_e112, _e111);
        let _e115 = scratch_d[_e96];
        let _e116 = scratch_d[lane];
        scratch_d[lane] = max(_e116, _e115);
        let _e119 = scratch_e[_e96];
        let _e120 = scratch_e[lane];
        scratch_e[lane] = (_e120 + _e119);
    }
    workgroupBarrier();
    if (lane < 32u) {
        let _e124 = (lane + 32u);
        let _e126 = scratch[_e124];
        let _e128 = scratch_b[_e124];
        let _e129 = scratch[lane];
        let _e130 = scratch_b[lane];
        let _e135 = ((_e126 < _e129) | ((_e126 == _e129) & (_e128 < _e130)));
        scratch[lane] = select(_e129, _e126, _e135);
        scratch_b[lane] = select(_e130, _e128, _e135);
        let _e139 = scratch_c[_e124];
        let _e140 = scratch_c[lane];
        scratch_c[lane] = min(_e140, _e139);
        let _e143 = scratch_d[_e124];
        let _e144 = scratch_d[lane];
        scratch_d[lane] = max(_e144, _e143);
        let _e147 = scratch_e[_e124];
        let _e148 = scratch_e[lane];
        scratch_e[lane] = (_e148 + _e147);
    }
    workgroupBarrier();
    if (lane < 16u) {
        let _e152 = (lane + 16u);
        let _e154 = scratch[_e152];
        let _e156 = scratch_b[_e152];
        let _e157 = scratch[lane];
        let _e158 = scratch_b[lane];
        let _e163 = ((_e154 < _e157) | ((_e154 == _e157) & (_e156 < _e158)));
        scratch[lane] = select(_e157, _e154, _e163);
        scratch_b[lane] = select(_e158, _e156, _e163);
        let _e167 = scratch_c[_e152];
        let _e168 = scratch_c[lane];
        scratch_c[lane] = min(_e168, _e167);
        let _e171 = scratch_d[_e152];
        let _e172 = scratch_d[lane];
        scratch_d[lane] = max(_e172, _e171);
        let _e175 = scratch_e[_e152];
        let _e176 = scratch_e[lane];
        scratch_e[lane] = (_e176 + _e175);
    }
    workgroupBarrier();
    if (lane < 8u) {
        let _e180 = (lane + 8u);
        let _e182 = scratch[_e180];
        let _e184 = scratch_b[_e180];
        let _e185 = scratch[lane];
        let _e186 = scratch_b[lane];
        let _e191 = ((_e182 < _e185) | ((_e182 == _e185) & (_e184 < _e186)));
        scratch[lane] = select(_e185, _e182, _e191);
        scratch_b[lane] = select(_e186, _e184, _e191);
        let _e195 = scratch_c[_e180];
        let _e196 = scratch_c[lane];
        scratch_c[lane] = min(_e196, _e195);
        let _e199 = scratch_d[_e180];
        let _e200 = scratch_d[lane];
        scratch_d[lane] = max(_e200, _e199);
        let _e203 = scratch_e[_e180];
        let _e204 = scratch_e[lane];
        scratch_e[lane] = (_e204 + _e203);
    }
    workgroupBarrier();
    if (lane < 4u) {
        let _e208 = (lane + 4u);
        let _e210 = scratch[_e208];
        let _e212 = scratch_b[_e208];
        let _e213 = scratch[lane];
        let _e214 = scratch_b[lane];
        let _e219 = ((_e210 < _e213) | ((_e210 == _e213) & (_e212 < _e214)));
        scratch[lane] = select(_e213, _e210, _e219);
        scratch_b[lane] = select(_e214, _e212, _e219);
        let _e223 = scratch_c[_e208];
        let _e224 = scratch_c[lane];
        scratch_c[lane] = min(_e224, _e223);
        let _e227 = scratch_d[_e208];
        let _e228 = scratch_d[lane];
        scratch_d[lane] = max(_e228, _e227);
        let _e231 = scratch_e[_e208];
        let _e232 = scratch_e[lane];
        scratch_e[lane] = (_e232 + _e231);
    }
    workgroupBarrier();
    if (lane < 2u) {
        let _e236 = (lane + 2u);
        let _e238 = scratch[_e236];
        let _e240 = scratch_b[_e236];
        let _e241 = scratch[lane];
        let _e242 = scratch_b[lane];
        let _e247 = ((_e238 < _e241) | ((_e238 == _e241) & (_e240 < _e242)));
        scratch[lane] = select(_e241, _e238, _e247);
        scratch_b[lane] = select(_e242, _e240, _e247);
        let _e251 = scratch_c[_e236];
        let _e252 = scratch_c[lane];
        scratch_c[lane] = min(_e252, _e251);
        let _e255 = scratch_d[_e236];
        let _e256 = scratch_d[lane];
        scratch_d[lane] = max(_e256, _e255);
        let _e259 = scratch_e[_e236];
        let _e260 = scratch_e[lane];
        scratch_e[lane] = (_e260 + _e259);
    }
    workgroupBarrier();
    if (lane < 1u) {
        let _e263 = (lane + 1u);
        let _e265 = scratch[_e263];
        let _e267 = scratch_b[_e263];
        let _e268 = scratch[lane];
        let _e269 = scratch_b[lane];
        let _e274 = ((_e265 < _e268) | ((_e265 == _e268) & (_e267 < _e269)));
        scratch[lane] = select(_e268, _e265, _e274);
        scratch_b[lane] = select(_e269, _e267, _e274);
        let _e278 = scratch_c[_e263];
        let _e279 = scratch_c[lane];
        scratch_c[lane] = min(_e279, _e278);
        let _e282 = scratch_d[_e263];
        let _e283 = scratch_d[lane];
        scratch_d[lane] = max(_e283, _e282);
        let _e286 = scratch_e[_e263];
        let _e287 = scratch_e[lane];
        scratch_e[lane] = (_e287 + _e286);
    }
    workgroupBarrier();
    let v1_argmin = scratch_b[0u];
    let _e292 = scratch_c[0u];
    let v2_min = from_order(_e292);
    let _e295 = scratch_d[0u];
    let v3_max = from_order(_e295);
    let v4_sum = scratch_e[0u];
    if (lane == 0u) {
        b1_out[row] = v1_argmin;
        b2_out[row] = v2_min;
        b3_out[row] = v3_max;
        b4_out[row] = v4_sum;
    }
}
