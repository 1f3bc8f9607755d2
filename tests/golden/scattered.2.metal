// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
};

typedef int type_1[1];
struct Uniforms {
    uint size;
};

struct index_iota_add_rightShift_gather_less_etcInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void index_iota_add_rightShift_gather_less_etc(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& n35_in [[buffer(0)]]
, device type_1& n150_out [[buffer(1)]]
, constant Uniforms& uniforms [[buffer(2)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(3)]]
) {
    int constant_ = 0;
    int constant_b = 1;
    uint index = id.x;
    uint size = uniforms.size;
    if (index >= size) {
        return;
    }
    int _e10 = constant_;
    bool n45_less = _e10 < 900;
    int n40_add = as_type<int>(as_type<uint>(_e10) + as_type<uint>(900));
    int _e15 = constant_b;
    uint _e16 = as_type<uint>(_e15);
    uint _e20 = (_e16 < 32u) ? _e16 : 31u;
    int n43_rightShift = n40_add >> _e20;
    bool n44_less = n43_rightShift < 0;
    int n44_add = as_type<int>(as_type<uint>(n43_rightShift) + as_type<uint>(900));
    int n44_where = n44_less ? n44_add : n43_rightShift;
    int n44_minimum = (899 < n44_where) ? 899 : n44_where;
    int n44_maximum = (n44_minimum < 0) ? 0 : n44_minimum;
    int n35_load = n35_in[as_type<uint>(n44_maximum)];
    int n36_index = as_type<int>(index);
    bool n46_less = n35_load < n36_index;
    bool n47_logicalAnd = n45_less & n46_less;
    int n48_add = as_type<int>(as_type<uint>(n43_rightShift) + as_type<uint>(1));
    int n51_where = n47_logicalAnd ? n48_add : 0;
    bool n49_logicalNot = !(n46_less);
    bool n50_logicalAnd = n45_less & n49_logicalNot;
    int n52_where = n50_logicalAnd ? n43_rightShift : 900;
    bool n56_less = n51_where < n52_where;
    int n53_add = as_type<int>(as_type<uint>(n51_where) + as_type<uint>(n52_where));
    int n54_rightShift = n53_add >> _e20;
    bool n55_less = n54_rightShift < 0;
    int n55_add = as_type<int>(as_type<uint>(n54_rightShift) + as_type<uint>(900));
    int n55_where = n55_less ? n55_add : n54_rightShift;
    int n55_minimum = (899 < n55_where) ? 899 : n55_where;
    int n55_maximum = (n55_minimum < 0) ? 0 : n55_minimum;
    int n35_load_b = n35_in[as_type<uint>(n55_maximum)];
    bool n57_less = n35_load_b < n36_index;
    bool n58_logicalAnd = n56_less & n57_less;
    int n59_add = as_type<int>(as_type<uint>(n54_rightShift) + as_type<uint>(1));
    int n62_where = n58_logicalAnd ? n59_add : n51_where;
    bool n60_logicalNot = !(n57_less);
    bool n61_logicalAnd = n56_less & n60_logicalNot;
    int n63_where = n61_logicalAnd ? n54_rightShift : n52_where;
    bool n67_less = n62_where < n63_where;
    int n64_add = as_type<int>(as_type<uint>(n62_where) + as_type<uint>(n63_where));
    int n65_rightShift = n64_add >> _e20;
    bool n66_less = n65_rightShift < 0;
    int n66_add = as_type<int>(as_type<uint>(n65_rightShift) + as_type<uint>(900));
    int n66_where = n66_less ? n66_add : n65_rightShift;
    int n66_minimum = (899 < n66_where) ? 899 : n66_where;
    int n66_maximum = (n66_minimum < 0) ? 0 : n66_minimum;
    int n35_load_c = n35_in[as_type<uint>(n66_maximum)];
    bool n68_less = n35_load_c < n36_index;
    bool n69_logicalAnd = n67_less & n68_less;
    int n70_add = as_type<int>(as_type<uint>(n65_rightShift) + as_type<uint>(1));
    int n73_where = n69_logicalAnd ? n70_add : n62_where;
    bool n71_logicalNot = !(n68_less);
    bool n72_logicalAnd = n67_less & n71_logicalNot;
    int n74_where = n72_logicalAnd ? n65_rightShift : n63_where;
    bool n78_less = n73_where < n74_where;
    int n75_add = as_type<int>(as_type<uint>(n73_where) + as_type<uint>(n74_where));
    int n76_rightShift = n75_add >> _e20;
    bool n77_less = n76_rightShift < 0;
    int n77_add = as_type<int>(as_type<uint>(n76_rightShift) + as_type<uint>(900));
    int n77_where = n77_less ? n77_add : n76_rightShift;
    int n77_minimum = (899 < n77_where) ? 899 : n77_where;
    int n77_maximum = (n77_minimum < 0) ? 0 : n77_minimum;
    int n35_load_d = n35_in[as_type<uint>(n77_maximum)];
    bool n79_less = n35_load_d < n36_index;
    bool n80_logicalAnd = n78_less & n79_less;
    int n81_add = as_type<int>(as_type<uint>(n76_rightShift) + as_type<uint>(1));
    int n84_where = n80_logicalAnd ? n81_add : n73_where;
    bool n82_logicalNot = !(n79_less);
    bool n83_logicalAnd = n78_less & n82_logicalNot;
    int n85_where = n83_logicalAnd ? n76_rightShift : n74_where;
    bool n89_less = n84_where < n85_where;
    int n86_add = as_type<int>(as_type<uint>(n84_where) + as_type<uint>(n85_where));
    int n87_rightShift = n86_add >> _e20;
    bool n88_less = n87_rightShift < 0;
    int n88_add = as_type<int>(as_type<uint>(n87_rightShift) + as_type<uint>(900));
    int n88_where = n88_less ? n88_add : n87_rightShift;
    int n88_minimum = (899 < n88_where) ? 899 : n88_where;
    int n88_maximum = (n88_minimum < 0) ? 0 : n88_minimum;
    int n35_load_e = n35_in[as_type<uint>(n88_maximum)];
    bool n90_less = n35_load_e < n36_index;
    bool n91_logicalAnd = n89_less & n90_less;
    int n92_add = as_type<int>(as_type<uint>(n87_rightShift) + as_type<uint>(1));
    int n95_where = n91_logicalAnd ? n92_add : n84_where;
    bool n93_logicalNot = !(n90_less);
    bool n94_logicalAnd = n89_less & n93_logicalNot;
    int n96_where = n94_logicalAnd ? n87_rightShift : n85_where;
    bool n100_less = n95_where < n96_where;
    int n97_add = as_type<int>(as_type<uint>(n95_where) + as_type<uint>(n96_where));
    int n98_rightShift = n97_add >> _e20;
    bool n99_less = n98_rightShift < 0;
    int n99_add = as_type<int>(as_type<uint>(n98_rightShift) + as_type<uint>(900));
    int n99_where = n99_less ? n99_add : n98_rightShift;
    int n99_minimum = (899 < n99_where) ? 899 : n99_where;
    int n99_maximum = (n99_minimum < 0) ? 0 : n99_minimum;
    int n35_load_f = n35_in[as_type<uint>(n99_maximum)];
    bool n101_less = n35_load_f < n36_index;
    bool n102_logicalAnd = n100_less & n101_less;
    int n103_add = as_type<int>(as_type<uint>(n98_rightShift) + as_type<uint>(1));
    int n106_where = n102_logicalAnd ? n103_add : n95_where;
    bool n104_logicalNot = !(n101_less);
    bool n105_logicalAnd = n100_less & n104_logicalNot;
    int n107_where = n105_logicalAnd ? n98_rightShift : n96_where;
    bool n111_less = n106_where < n107_where;
    int n108_add = as_type<int>(as_type<uint>(n106_where) + as_type<uint>(n107_where));
    int n109_rightShift = n108_add >> _e20;
    bool n110_less = n109_rightShift < 0;
    int n110_add = as_type<int>(as_type<uint>(n109_rightShift) + as_type<uint>(900));
    int n110_where = n110_less ? n110_add : n109_rightShift;
    int n110_minimum = (899 < n110_where) ? 899 : n110_where;
    int n110_maximum = (n110_minimum < 0) ? 0 : n110_minimum;
    int n35_load_g = n35_in[as_type<uint>(n110_maximum)];
    bool n112_less = n35_load_g < n36_index;
    bool n113_logicalAnd = n111_less & n112_less;
    int n114_add = as_type<int>(as_type<uint>(n109_rightShift) + as_type<uint>(1));
    int n117_where = n113_logicalAnd ? n114_add : n106_where;
    bool n115_logicalNot = !(n112_less);
    bool n116_logicalAnd = n111_less & n115_logicalNot;
    int n118_where = n116_logicalAnd ? n109_rightShift : n107_where;
    bool n122_less = n117_where < n118_where;
    int n119_add = as_type<int>(as_type<uint>(n117_where) + as_type<uint>(n118_where));
    int n120_rightShift = n119_add >> _e20;
    bool n121_less = n120_rightShift < 0;
    int n121_add = as_type<int>(as_type<uint>(n120_rightShift) + as_type<uint>(900));
    int n121_where = n121_less ? n121_add : n120_rightShift;
    int n121_minimum = (899 < n121_where) ? 899 : n121_where;
    int n121_maximum = (n121_minimum < 0) ? 0 : n121_minimum;
    int n35_load_h = n35_in[as_type<uint>(n121_maximum)];
    bool n123_less = n35_load_h < n36_index;
    bool n124_logicalAnd = n122_less & n123_less;
    int n125_add = as_type<int>(as_type<uint>(n120_rightShift) + as_type<uint>(1));
    int n128_where = n124_logicalAnd ? n125_add : n117_where;
    bool n126_logicalNot = !(n123_less);
    bool n127_logicalAnd = n122_less & n126_logicalNot;
    int n129_where = n127_logicalAnd ? n120_rightShift : n118_where;
    bool n133_less = n128_where < n129_where;
    int n130_add = as_type<int>(as_type<uint>(n128_where) + as_type<uint>(n129_where));
    int n131_rightShift = n130_add >> _e20;
    bool n132_less = n131_rightShift < 0;
    int n132_add = as_type<int>(as_type<uint>(n131_rightShift) + as_type<uint>(900));
    int n132_where = n132_less ? n132_add : n131_rightShift;
    int n132_minimum = (899 < n132_where) ? 899 : n132_where;
    int n132_maximum = (n132_minimum < 0) ? 0 : n132_minimum;
    int n35_load_i = n35_in[as_type<uint>(n132_maximum)];
    bool n134_less = n35_load_i < n36_index;
    bool n135_logicalAnd = n133_less & n134_less;
    int n136_add = as_type<int>(as_type<uint>(n131_rightShift) + as_type<uint>(1));
    int n139_where = n135_logicalAnd ? n136_add : n128_where;
    bool n137_logicalNot = !(n134_less);
    bool n138_logicalAnd = n133_less & n137_logicalNot;
    int n140_where = n138_logicalAnd ? n131_rightShift : n129_where;
    bool n144_less = n139_where < n140_where;
    int n141_add = as_type<int>(as_type<uint>(n139_where) + as_type<uint>(n140_where));
    int n142_rightShift = n141_add >> _e20;
    bool n143_less = n142_rightShift < 0;
    int n143_add = as_type<int>(as_type<uint>(n142_rightShift) + as_type<uint>(900));
    int n143_where = n143_less ? n143_add : n142_rightShift;
    int n143_minimum = (899 < n143_where) ? 899 : n143_where;
    int n143_maximum = (n143_minimum < 0) ? 0 : n143_minimum;
    int n35_load_j = n35_in[as_type<uint>(n143_maximum)];
    bool n145_less = n35_load_j < n36_index;
    bool n146_logicalAnd = n144_less & n145_less;
    int n147_add = as_type<int>(as_type<uint>(n142_rightShift) + as_type<uint>(1));
    int n150_where = n146_logicalAnd ? n147_add : n139_where;
    n150_out[index] = n150_where;
}
