struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<f32>;
@group(0) @binding(1)
var<storage> b1_in: array<f32>;
@group(0) @binding(2)
var<storage, read_write> b2_out: array<vec4<f32>>;
@group(0) @binding(3)
var<uniform> uniforms: Uniforms;
var<workgroup> left_tile: array<vec4<f32>, 272>;
var<workgroup> right_tile: array<vec4<f32>, 256>;

fn finish(batch: u32, m: u32, quad: u32, sum: vec4<f32>) {
    let _e5 = (quad * 4u);
    if (m >= 40u) {
        return;
    }
    if (_e5 >= 40u) {
        return;
    }
    b2_out[((m * 10u) + quad)] = sum;
}

@compute @workgroup_size(256, 1, 1)
fn contract_dot(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var sum_0a: vec4<f32>;
    var sum_1a: vec4<f32>;
    var sum_2a: vec4<f32>;
    var sum_3a: vec4<f32>;

    let tile = group.x;
    if (tile >= 1u) {
        return;
    }
    let _e9 = (lane % 16u);
    let _e10 = (lane / 16u);
    let _e14 = (((tile * 16u) + _e10) * 4u);
    let i = min(_e14, 39u);
    let _e17 = (_e14 + 1u);
    let i_b = min(_e17, 39u);
    let _e20 = (_e14 + 2u);
    let i_c = min(_e20, 39u);
    let _e23 = (_e14 + 3u);
    let i_d = min(_e23, 39u);
    let _e27 = (min(_e10, 9u) * 4u);
    let _e32 = vec4(0f);
    sum_0a = _e32;
    sum_1a = _e32;
    sum_2a = _e32;
    sum_3a = _e32;
    for (var k = 0u; k < 16u; k = k + 16u) {
        let k_b = (k + _e9);
        let v0_load = b0_in[((i * 16u) + k_b)];
        let v0_load_b = b0_in[((i_b * 16u) + k_b)];
        let v0_load_c = b0_in[((i_c * 16u) + k_b)];
        let v0_load_d = b0_in[((i_d * 16u) + k_b)];
        left_tile[((_e9 * 17u) + _e10)] = vec4<f32>(v0_load, v0_load_b, v0_load_c, v0_load_d);
        let _e65 = ((_e27 * 16u) + k_b);
        let _e72 = b1_in[_e65];
        let _e74 = b1_in[(_e65 + 16u)];
        let _e76 = b1_in[(_e65 + 32u)];
        let _e78 = b1_in[(_e65 + 48u)];
        let v1_load = vec4<f32>(_e72, _e74, _e76, _e78);
        right_tile[((_e9 * 16u) + _e10)] = v1_load;
        workgroupBarrier();
        for (var inner = 0u; inner < 16u; inner = inner + 1u) {
            let _e89 = left_tile[((inner * 17u) + _e10)];
            let _e97 = right_tile[((inner * 16u) + _e9)];
            let _e100 = sum_0a;
            sum_0a = (_e100 + (vec4(_e89.x) * _e97));
            let _e104 = sum_1a;
            sum_1a = (_e104 + (vec4(_e89.y) * _e97));
            let _e108 = sum_2a;
            sum_2a = (_e108 + (vec4(_e89.z) * _e97));
            let _e112 = sum_3a;
            sum_3a = (_e112 + (vec4(_e89.w) * _e97));
        }
        workgroupBarrier();
    }
    let _e120 = sum_0a;
    finish(0u, _e14, _e9, _e120);
    let _e121 = sum_1a;
    finish(0u, _e17, _e9, _e121);
    let _e122 = sum_2a;
    finish(0u, _e20, _e9, _e122);
    let _e123 = sum_3a;
    finish(0u, _e23, _e9, _e123);
}
