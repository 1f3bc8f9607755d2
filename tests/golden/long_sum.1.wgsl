struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n9_in: array<f32>;
@group(0) @binding(1)
var<storage> n10_in: array<u32>;
@group(0) @binding(2)
var<storage> n6_in: array<f32>;
@group(0) @binding(3)
var<storage> n3_in: array<f32>;
@group(0) @binding(4)
var<storage, read_write> n22_out: array<u32>;
@group(0) @binding(5)
var<storage, read_write> n7_out: array<f32>;
@group(0) @binding(6)
var<storage, read_write> n4_out: array<f32>;
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
    var n11_running: i32;
    var n11_position: u32;
    var n7_running: i32;
    var n4_running: f32;
    var constant_b: i32 = 59i;

    let row = group.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let _e11 = constant;
    let n12_uint32 = bitcast<u32>(_e11);
    let n16_mul = (n12_uint32 * 60u);
    n11_running = 2147483647i;
    n11_position = 4294967295u;
    n7_running = i32(-2147483648);
    n4_running = 0f;
    for (var i = lane; i < 60u; i = i + 32u) {
        let n9_load = n9_in[i];
        let n6_load = n6_in[i];
        let n3_load = n3_in[i];
        let _e37 = order_for_min(n9_load);
        let _e40 = select(_e37, 0i, (_e37 == -1i));
        let _e41 = n11_running;
        let _e42 = n11_position;
        let _e47 = ((_e40 < _e41) | ((_e40 == _e41) & (i < _e42)));
        n11_running = select(_e41, _e40, _e47);
        n11_position = select(_e42, i, _e47);
        let _e50 = order_for_max(n6_load);
        let _e51 = n7_running;
        n7_running = max(_e51, _e50);
        let _e53 = n4_running;
        n4_running = (_e53 + n3_load);
    }
    let _e63 = n11_running;
    scratch[lane] = _e63;
    let _e65 = n11_position;
    scratch_b[lane] = _e65;
    let _e67 = n7_running;
    scratch_c[lane] = _e67;
    let _e69 = n4_running;
    scratch_d[lane] = _e69;
    workgroupBarrier();
    if (lane < 16u) {
        let _e72 = (lane + 16u);
        let _e74 = scratch[_e72];
        let _e76 = scratch_b[_e72];
        let _e77 = scratch[lane];
        let _e78 = scratch_b[lane];
        let _e83 = ((_e74 < _e77) | ((_e74 == _e77) & (_e76 < _e78)));
        scratch[lane] = select(_e77, _e74, _e83);
        scratch_b[lane] = select(_e78, _e76, _e83);
        let _e87 = scratch_c[_e72];
        let _e88 = scratch_c[lane];
        scratch_c[lane] = max(_e88, _e87);
        let _e91 = scratch_d[_e72];
        let _e92 = scratch_d[lane];
        scratch_d[lane] = (_e92 + _e91);
    }
    workgroupBarrier();
    if (lane < 8u) {
        let _e96 = (lane + 8u);
        let _e98 = scratch[_e96];
        let _e100 = scratch_b[_e96];
        let _e101 = scratch[lane];
        let _e102 = scratch_b[lane];
        let _e107 = ((_e98 < _e101) | ((_e98 == _e101) & (_e100 < _e102)));
        scratch[lane] = select(_e101, _e98, _e107);
        scratch_b[lane] = select(_e102, _e100, _e107);
        let _e111 = scratch_c[_e96];
        let _e112 = scratch_c[lane];
        scratch_c[lane] = max(_e112, _e111);
        let _e115 = scratch_d[_e96];
        let _e116 = scratch_d[lane];
        scratch_d[lane] = (_e116 + _e115);
    }
    workgroupBarrier();
    if (lane < 4u) {
        let _e120 = (lane + 4u);
        let _e122 = scratch[_e120];
        let _e124 = scratch_b[_e120];
        let _e125 = scratch[lane];
        let _e126 = scratch_b[lane];
        let _e131 = ((_e122 < _e125) | ((_e122 == _e125) & (_e124 < _e126)));
        scratch[lane] = select(_e125, _e122, _e131);
        scratch_b[lane] = select(_e126, _e124, _e131);
        let _e135 = scratch_c[_e120];
        let _e136 = scratch_c[lane];
        scratch_c[lane] = max(_e136, _e135);
        let _e139 = scratch_d[_e120];
        let _e140 = scratch_d[lane];
        scratch_d[lane] = (_e140 + _e139);
    }
    workgroupBarrier();
    if (lane < 2u) {
        let _e144 = (lane + 2u);
        let _e146 = scratch[_e144];
        let _e148 = scratch_b[_e144];
        let _e149 = scratch[lane];
        let _e150 = scratch_b[lane];
        let _e155 = ((_e146 < _e149) | ((_e146 == _e149) & (_e148 < _e150)));
        scratch[lane] = select(_e149, _e146, _e155);
        scratch_b[lane] = select(_e150, _e148, _e155);
        let _e159 = scratch_c[_e144];
        let _e160 = scratch_c[lane];
        scratch_c[lane] = max(_e160, _e159);
        let _e163 = scratch_d[_e144];
        let _e164 = scratch_d[lane];
        scratch_d[lane] = (_e164 + _e163);
    }
    workgroupBarrier();
    if (lane < 1u) {
        let _e167 = (lane + 1u);
        let _e169 = scratch[_e167];
        let _e171 = scratch_b[_e167];
        let _e172 = scratch[lane];
        let _e173 = scratch_b[lane];
        let _e178 = ((_e169 < _e172) | ((_e169 == _e172) & (_e171 < _e173)));
        scratch[lane] = select(_e172, _e169, _e178);
        scratch_b[lane] = select(_e173, _e171, _e178);
        let _e182 = scratch_c[_e167];
        let _e183 = scratch_c[lane];
        scratch_c[lane] = max(_e183, _e182);
        let _e186 = scratch_d[_e167];
        let _e187 = scratch_d[lane];
        scratch_d[lane] = (_e187 + _e186);
    }
    workgroupBarrier();
    let n11_argmin = scratch_b[0u];
    let _e192 = scratch_c[0u];
    let n7_max = from_order(_e192);
    let n4_sum = scratch_d[0u];
    let n21_mul = (n11_argmin * 5000u);
    let n17_add = (n16_mul + n11_argmin);
    let _e202 = constant_b;
    let n18_uint32 = bitcast<u32>(_e202);
    let n18_minimum = select(n17_add, n18_uint32, (n18_uint32 < n17_add));
    let n18_int32 = bitcast<i32>(n18_minimum);
    let n10_load = n10_in[bitcast<u32>(n18_int32)];
    let n22_add = (n21_mul + n10_load);
    if (lane == 0u) {
        n22_out[0u] = n22_add;
        n7_out[0u] = n7_max;
        n4_out[0u] = n4_sum;
    }
}
