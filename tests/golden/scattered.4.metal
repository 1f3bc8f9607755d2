// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
    uint size2;
    uint size3;
    uint size4;
};

typedef int type_1[1];
typedef float type_3[1];
typedef uint type_5[1];
struct Uniforms {
    uint size;
};

struct index_iota_astype_add_sub_gather_etcInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void index_iota_astype_add_sub_gather_etc(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_3 const& b1_in [[buffer(1)]]
, device type_3 const& b2_in [[buffer(2)]]
, device type_5& b3_out [[buffer(3)]]
, device type_3& b4_out [[buffer(4)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(6)]]
) {
    uint constant_ = 0u;
    int constant_b = 900;
    int constant_c = 899;
    uint place = id.x;
    if (place < 2001u) {
        uint _e7 = constant_;
        uint v2_add = _e7 + 512u;
        int _e11 = constant_b;
        uint v4_uint32_ = as_type<uint>(_e11);
        bool v5_lessEqual = !((v4_uint32_ < v2_add));
        uint v7_sub = v2_add - 1u;
        int _e21 = constant_c;
        uint v10_uint32_ = as_type<uint>(_e21);
        uint v11_minimum = (v10_uint32_ < v7_sub) ? v10_uint32_ : v7_sub;
        int v12_int32_ = as_type<int>(v11_minimum);
        int v13_load = b0_in[as_type<uint>(v12_int32_)];
        int v14_index = as_type<int>(place);
        bool v15_less = v13_load < v14_index;
        bool v16_logicalAnd = v5_lessEqual & v15_less;
        uint v17_where = v16_logicalAnd ? v2_add : 0u;
        uint v19_add = v17_where + 256u;
        bool v20_lessEqual = !((v4_uint32_ < v19_add));
        uint v21_sub = v19_add - 1u;
        uint v25_minimum = (v10_uint32_ < v21_sub) ? v10_uint32_ : v21_sub;
        int v26_int32_ = as_type<int>(v25_minimum);
        int v27_load = b0_in[as_type<uint>(v26_int32_)];
        bool v28_less = v27_load < v14_index;
        bool v29_logicalAnd = v20_lessEqual & v28_less;
        uint v30_where = v29_logicalAnd ? v19_add : v17_where;
        uint v32_add = v30_where + 128u;
        bool v33_lessEqual = !((v4_uint32_ < v32_add));
        uint v34_sub = v32_add - 1u;
        uint v38_minimum = (v10_uint32_ < v34_sub) ? v10_uint32_ : v34_sub;
        int v39_int32_ = as_type<int>(v38_minimum);
        int v40_load = b0_in[as_type<uint>(v39_int32_)];
        bool v41_less = v40_load < v14_index;
        bool v42_logicalAnd = v33_lessEqual & v41_less;
        uint v43_where = v42_logicalAnd ? v32_add : v30_where;
        uint v45_add = v43_where + 64u;
        bool v46_lessEqual = !((v4_uint32_ < v45_add));
        uint v47_sub = v45_add - 1u;
        uint v51_minimum = (v10_uint32_ < v47_sub) ? v10_uint32_ : v47_sub;
        int v52_int32_ = as_type<int>(v51_minimum);
        int v53_load = b0_in[as_type<uint>(v52_int32_)];
        bool v54_less = v53_load < v14_index;
        bool v55_logicalAnd = v46_lessEqual & v54_less;
        uint v56_where = v55_logicalAnd ? v45_add : v43_where;
        uint v58_add = v56_where + 32u;
        bool v59_lessEqual = !((v4_uint32_ < v58_add));
        uint v60_sub = v58_add - 1u;
        uint v64_minimum = (v10_uint32_ < v60_sub) ? v10_uint32_ : v60_sub;
        int v65_int32_ = as_type<int>(v64_minimum);
        int v66_load = b0_in[as_type<uint>(v65_int32_)];
        bool v67_less = v66_load < v14_index;
        bool v68_logicalAnd = v59_lessEqual & v67_less;
        uint v69_where = v68_logicalAnd ? v58_add : v56_where;
        uint v71_add = v69_where + 16u;
        bool v72_lessEqual = !((v4_uint32_ < v71_add));
        uint v73_sub = v71_add - 1u;
        uint v77_minimum = (v10_uint32_ < v73_sub) ? v10_uint32_ : v73_sub;
        int v78_int32_ = as_type<int>(v77_minimum);
        int v79_load = b0_in[as_type<uint>(v78_int32_)];
        bool v80_less = v79_load < v14_index;
        bool v81_logicalAnd = v72_lessEqual & v80_less;
        uint v82_where = v81_logicalAnd ? v71_add : v69_where;
        uint v84_add = v82_where + 8u;
        bool v85_lessEqual = !((v4_uint32_ < v84_add));
        uint v86_sub = v84_add - 1u;
        uint v90_minimum = (v10_uint32_ < v86_sub) ? v10_uint32_ : v86_sub;
        int v91_int32_ = as_type<int>(v90_minimum);
        int v92_load = b0_in[as_type<uint>(v91_int32_)];
        bool v93_less = v92_load < v14_index;
        bool v94_logicalAnd = v85_lessEqual & v93_less;
        uint v95_where = v94_logicalAnd ? v84_add : v82_where;
        uint v97_add = v95_where + 4u;
        bool v98_lessEqual = !((v4_uint32_ < v97_add));
        uint v99_sub = v97_add - 1u;
        uint v103_minimum = (v10_uint32_ < v99_sub) ? v10_uint32_ : v99_sub;
        int v104_int32_ = as_type<int>(v103_minimum);
        int v105_load = b0_in[as_type<uint>(v104_int32_)];
        bool v106_less = v105_load < v14_index;
        bool v107_logicalAnd = v98_lessEqual & v106_less;
        uint v108_where = v107_logicalAnd ? v97_add : v95_where;
        uint v110_add = v108_where + 2u;
        bool v111_lessEqual = !((v4_uint32_ < v110_add));
        uint v112_sub = v110_add - 1u;
        uint v116_minimum = (v10_uint32_ < v112_sub) ? v10_uint32_ : v112_sub;
        int v117_int32_ = as_type<int>(v116_minimum);
        int v118_load = b0_in[as_type<uint>(v117_int32_)];
        bool v119_less = v118_load < v14_index;
        bool v120_logicalAnd = v111_lessEqual & v119_less;
        uint v121_where = v120_logicalAnd ? v110_add : v108_where;
        uint v122_add = v121_where + 1u;
        bool v123_lessEqual = !((v4_uint32_ < v122_add));
        uint v124_sub = v122_add - 1u;
        uint v128_minimum = (v10_uint32_ < v124_sub) ? v10_uint32_ : v124_sub;
        int v129_int32_ = as_type<int>(v128_minimum);
        int v130_load = b0_in[as_type<uint>(v129_int32_)];
        bool v131_less = v130_load < v14_index;
        bool v132_logicalAnd = v123_lessEqual & v131_less;
        uint v133_where = v132_logicalAnd ? v122_add : v121_where;
        b3_out[place] = v133_where;
    }
    uint index = place - 2048u;
    if (index < 2700u) {
        uint k = index % 3u;
        uint j = index / 3u;
        int v134_load = b0_in[j];
        uint _e170 = j / 32u;
        uint _e175 = as_type<uint>(metal::max(as_type<int>(_e170 - 1u), 0));
        int v135_load = b0_in[(_e175 * 32u) + 31u];
        bool v137_inside = 1 <= as_type<int>(_e170);
        int v138_where = v137_inside ? v135_load : -1;
        bool v139_equal = v134_load == v138_where;
        float v140_load = b1_in[k + (_e175 * 3u)];
        float v143_where = v137_inside ? v140_load : 0.0;
        uint _e196 = (j * 3u) + k;
        float v144_load = b2_in[_e196];
        float v145_add = v143_where + v144_load;
        float v146_where = v139_equal ? v145_add : v144_load;
        b4_out[_e196] = v146_where;
    }
}
