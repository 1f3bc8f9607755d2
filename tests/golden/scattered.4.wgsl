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

@compute @workgroup_size(256, 1, 1)
fn index_iota_astype_add_sub_gather_etc(@builtin(global_invocation_id) id: vec3<u32>) {
    var constant: u32 = 0u;
    var constant_b: i32 = 900i;
    var constant_c: i32 = 899i;

    let place = id.x;
    if (place < 2001u) {
        let _e7 = constant;
        let v2_add = (_e7 + 512u);
        let _e11 = constant_b;
        let v4_uint32 = bitcast<u32>(_e11);
        let v5_lessEqual = !((v4_uint32 < v2_add));
        let v7_sub = (v2_add - 1u);
        let _e21 = constant_c;
        let v10_uint32 = bitcast<u32>(_e21);
        let v11_minimum = select(v7_sub, v10_uint32, (v10_uint32 < v7_sub));
        let v12_int32 = bitcast<i32>(v11_minimum);
        let v13_load = b0_in[bitcast<u32>(v12_int32)];
        let v14_index = bitcast<i32>(place);
        let v15_less = (v13_load < v14_index);
        let v16_logicalAnd = (v5_lessEqual & v15_less);
        let v17_where = select(0u, v2_add, v16_logicalAnd);
        let v19_add = (v17_where + 256u);
        let v20_lessEqual = !((v4_uint32 < v19_add));
        let v21_sub = (v19_add - 1u);
        let v25_minimum = select(v21_sub, v10_uint32, (v10_uint32 < v21_sub));
        let v26_int32 = bitcast<i32>(v25_minimum);
        let v27_load = b0_in[bitcast<u32>(v26_int32)];
        let v28_less = (v27_load < v14_index);
        let v29_logicalAnd = (v20_lessEqual & v28_less);
        let v30_where = select(v17_where, v19_add, v29_logicalAnd);
        let v32_add = (v30_where + 128u);
        let v33_lessEqual = !((v4_uint32 < v32_add));
        let v34_sub = (v32_add - 1u);
        let v38_minimum = select(v34_sub, v10_uint32, (v10_uint32 < v34_sub));
        let v39_int32 = bitcast<i32>(v38_minimum);
        let v40_load = b0_in[bitcast<u32>(v39_int32)];
        let v41_less = (v40_load < v14_index);
        let v42_logicalAnd = (v33_lessEqual & v41_less);
        let v43_where = select(v30_where, v32_add, v42_logicalAnd);
        let v45_add = (v43_where + 64u);
        let v46_lessEqual = !((v4_uint32 < v45_add));
        let v47_sub = (v45_add - 1u);
        let v51_minimum = select(v47_sub, v10_uint32, (v10_uint32 < v47_sub));
        let v52_int32 = bitcast<i32>(v51_minimum);
        let v53_load = b0_in[bitcast<u32>(v52_int32)];
        let v54_less = (v53_load < v14_index);
        let v55_logicalAnd = (v46_lessEqual & v54_less);
        let v56_where = select(v43_where, v45_add, v55_logicalAnd);
        let v58_add = (v56_where + 32u);
        let v59_lessEqual = !((v4_uint32 < v58_add));
        let v60_sub = (v58_add - 1u);
        let v64_minimum = select(v60_sub, v10_uint32, (v10_uint32 < v60_sub));
        let v65_int32 = bitcast<i32>(v64_minimum);
        let v66_load = b0_in[bitcast<u32>(v65_int32)];
        let v67_less = (v66_load < v14_index);
        let v68_logicalAnd = (v59_lessEqual & v67_less);
        let v69_where = select(v56_where, v58_add, v68_logicalAnd);
        let v71_add = (v69_where + 16u);
        let v72_lessEqual = !((v4_uint32 < v71_add));
        let v73_sub = (v71_add - 1u);
        let v77_minimum = select(v73_sub, v10_uint32, (v10_uint32 < v73_sub));
        let v78_int32 = bitcast<i32>(v77_minimum);
        let v79_load = b0_in[bitcast<u32>(v78_int32)];
        let v80_less = (v79_load < v14_index);
        let v81_logicalAnd = (v72_lessEqual & v80_less);
        let v82_where = select(v69_where, v71_add, v81_logicalAnd);
        let v84_add = (v82_where + 8u);
        let v85_lessEqual = !((v4_uint32 < v84_add));
        let v86_sub = (v84_add - 1u);
        let v90_minimum = select(v86_sub, v10_uint32, (v10_uint32 < v86_sub));
        let v91_int32 = bitcast<i32>(v90_minimum);
        let v92_load = b0_in[bitcast<u32>(v91_int32)];
        let v93_less = (v92_load < v14_index);
        let v94_logicalAnd = (v85_lessEqual & v93_less);
        let v95_where = select(v82_where, v84_add, v94_logicalAnd);
        let v97_add = (v95_where + 4u);
        let v98_lessEqual = !((v4_uint32 < v97_add));
        let v99_sub = (v97_add - 1u);
        let v103_minimum = select(v99_sub, v10_uint32, (v10_uint32 < v99_sub));
        let v104_int32 = bitcast<i32>(v103_minimum);
        let v105_load = b0_in[bitcast<u32>(v104_int32)];
        let v106_less = (v105_load < v14_index);
        let v107_logicalAnd = (v98_lessEqual & v106_less);
        let v108_where = select(v95_where, v97_add, v107_logicalAnd);
        let v110_add = (v108_where + 2u);
        let v111_lessEqual = !((v4_uint32 < v110_add));
        let v112_sub = (v110_add - 1u);
        let v116_minimum = select(v112_sub, v10_uint32, (v10_uint32 < v112_sub));
        let v117_int32 = bitcast<i32>(v116_minimum);
        let v118_load = b0_in[bitcast<u32>(v117_int32)];
        let v119_less = (v118_load < v14_index);
        let v120_logicalAnd = (v111_lessEqual & v119_less);
        let v121_where = select(v108_where, v110_add, v120_logicalAnd);
        let v122_add = (v121_where + 1u);
        let v123_lessEqual = !((v4_uint32 < v122_add));
        let v124_sub = (v122_add - 1u);
        let v128_minimum = select(v124_sub, v10_uint32, (v10_uint32 < v124_sub));
        let v129_int32 = bitcast<i32>(v128_minimum);
        let v130_load = b0_in[bitcast<u32>(v129_int32)];
        let v131_less = (v130_load < v14_index);
        let v132_logicalAnd = (v123_lessEqual & v131_less);
        let v133_where = select(v121_where, v122_add, v132_logicalAnd);
        b3_out[place] = v133_where;
    }
    let index = (place - 2048u);
    if (index < 2700u) {
        let k = (index % 3u);
        let j = (index / 3u);
        let v134_load = b0_in[j];
        let _e170 = (j / 32u);
        let _e175 = bitcast<u32>(max(bitcast<i32>((_e170 - 1u)), 0i));
        let v135_load = b0_in[((_e175 * 32u) + 31u)];
        let v137_inside = (1i <= bitcast<i32>(_e170));
        let v138_where = select(-1i, v135_load, v137_inside);
        let v139_equal = (v134_load == v138_where);
        let v140_load = b1_in[(k + (_e175 * 3u))];
        let v143_where = select(0f, v140_load, v137_inside);
        let _e196 = ((j * 3u) + k);
        let v144_load = b2_in[_e196];
        let v145_add = (v143_where + v144_load);
        let v146_where = select(v144_load, v145_add, v139_equal);
        b4_out[_e196] = v146_where;
    }
}
