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
typedef uint type_3[1];
struct Uniforms {
    uint size;
};

uint mod(
    uint x,
    uint y
) {
    bool _e4 = y == 0u;
    uint _e5 = _e4 ? 1u : y;
    uint _e6 = x / _e5;
    return _e4 ? 0u : (x - (_e6 * _e5));
}

struct index_less_add_where_less_minimum_etcInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void index_less_add_where_less_minimum_etc(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& n469_in [[buffer(0)]]
, device type_3 const& n468_in [[buffer(1)]]
, device type_1 const& n1_in [[buffer(2)]]
, device type_1& n597_out [[buffer(3)]]
, device type_3& n596_out [[buffer(4)]]
, constant Uniforms& uniforms [[buffer(5)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(6)]]
) {
    int constant_ = 0;
    int constant_b = 928;
    int constant_c = 927;
    int constant_d = 899;
    uint index = id.x;
    uint size = uniforms.size;
    if (index >= size) {
        return;
    }
    int _e10 = constant_;
    uint n37_uint32_ = as_type<uint>(_e10);
    int _e14 = constant_b;
    uint n41_uint32_ = as_type<uint>(_e14);
    uint n42_mul = n37_uint32_ * n41_uint32_;
    int n38_index = as_type<int>(index);
    uint n38_uint32_ = as_type<uint>(n38_index);
    uint _e20 = mod(n38_uint32_, 1024u);
    uint n475_sub = n38_uint32_ - _e20;
    uint n476_sub = n41_uint32_ - n475_sub;
    uint n477_minimum = (512u < n476_sub) ? 512u : n476_sub;
    uint n478_add = n475_sub + n477_minimum;
    uint n479_sub = n41_uint32_ - n478_add;
    uint n480_minimum = (512u < n479_sub) ? 512u : n479_sub;
    uint n486_minimum = (n480_minimum < _e20) ? n480_minimum : _e20;
    uint n487_sub = _e20 - n486_minimum;
    uint n488_add = n487_sub + 512u;
    uint n485_minimum = (n477_minimum < _e20) ? n477_minimum : _e20;
    bool n489_lessEqual = !((n485_minimum < n488_add));
    uint n481_add = n42_mul + n475_sub;
    uint n482_sub = n481_add - 1u;
    uint n490_add = n482_sub + n488_add;
    int _e45 = constant_c;
    uint n491_uint32_ = as_type<uint>(_e45);
    uint n491_minimum = (n491_uint32_ < n490_add) ? n491_uint32_ : n490_add;
    int n491_int32_ = as_type<int>(n491_minimum);
    int n469_load = n469_in[as_type<uint>(n491_int32_)];
    uint n483_add = n42_mul + n478_add;
    uint n484_add = n483_add + _e20;
    uint n492_sub = n484_add - n488_add;
    uint n493_minimum = (n491_uint32_ < n492_sub) ? n491_uint32_ : n492_sub;
    int n493_int32_ = as_type<int>(n493_minimum);
    int n469_load_b = n469_in[as_type<uint>(n493_int32_)];
    bool n494_lessEqual = !((n469_load_b < n469_load));
    bool n495_logicalAnd = n489_lessEqual & n494_lessEqual;
    uint n496_where = n495_logicalAnd ? n488_add : n487_sub;
    uint n497_add = n496_where + 256u;
    bool n498_lessEqual = !((n485_minimum < n497_add));
    uint n499_add = n482_sub + n497_add;
    uint n500_minimum = (n491_uint32_ < n499_add) ? n491_uint32_ : n499_add;
    int n500_int32_ = as_type<int>(n500_minimum);
    int n469_load_c = n469_in[as_type<uint>(n500_int32_)];
    uint n501_sub = n484_add - n497_add;
    uint n502_minimum = (n491_uint32_ < n501_sub) ? n491_uint32_ : n501_sub;
    int n502_int32_ = as_type<int>(n502_minimum);
    int n469_load_d = n469_in[as_type<uint>(n502_int32_)];
    bool n503_lessEqual = !((n469_load_d < n469_load_c));
    bool n504_logicalAnd = n498_lessEqual & n503_lessEqual;
    uint n505_where = n504_logicalAnd ? n497_add : n496_where;
    uint n506_add = n505_where + 128u;
    bool n507_lessEqual = !((n485_minimum < n506_add));
    uint n508_add = n482_sub + n506_add;
    uint n509_minimum = (n491_uint32_ < n508_add) ? n491_uint32_ : n508_add;
    int n509_int32_ = as_type<int>(n509_minimum);
    int n469_load_e = n469_in[as_type<uint>(n509_int32_)];
    uint n510_sub = n484_add - n506_add;
    uint n511_minimum = (n491_uint32_ < n510_sub) ? n491_uint32_ : n510_sub;
    int n511_int32_ = as_type<int>(n511_minimum);
    int n469_load_f = n469_in[as_type<uint>(n511_int32_)];
    bool n512_lessEqual = !((n469_load_f < n469_load_e));
    bool n513_logicalAnd = n507_lessEqual & n512_lessEqual;
    uint n514_where = n513_logicalAnd ? n506_add : n505_where;
    uint n515_add = n514_where + 64u;
    bool n516_lessEqual = !((n485_minimum < n515_add));
    uint n517_add = n482_sub + n515_add;
    uint n518_minimum = (n491_uint32_ < n517_add) ? n491_uint32_ : n517_add;
    int n518_int32_ = as_type<int>(n518_minimum);
    int n469_load_g = n469_in[as_type<uint>(n518_int32_)];
    uint n519_sub = n484_add - n515_add;
    uint n520_minimum = (n491_uint32_ < n519_sub) ? n491_uint32_ : n519_sub;
    int n520_int32_ = as_type<int>(n520_minimum);
    int n469_load_h = n469_in[as_type<uint>(n520_int32_)];
    bool n521_lessEqual = !((n469_load_h < n469_load_g));
    bool n522_logicalAnd = n516_lessEqual & n521_lessEqual;
    uint n523_where = n522_logicalAnd ? n515_add : n514_where;
    uint n524_add = n523_where + 32u;
    bool n525_lessEqual = !((n485_minimum < n524_add));
    uint n526_add = n482_sub + n524_add;
    uint n527_minimum = (n491_uint32_ < n526_add) ? n491_uint32_ : n526_add;
    int n527_int32_ = as_type<int>(n527_minimum);
    int n469_load_i = n469_in[as_type<uint>(n527_int32_)];
    uint n528_sub = n484_add - n524_add;
    uint n529_minimum = (n491_uint32_ < n528_sub) ? n491_uint32_ : n528_sub;
    int n529_int32_ = as_type<int>(n529_minimum);
    int n469_load_j = n469_in[as_type<uint>(n529_int32_)];
    bool n530_lessEqual = !((n469_load_j < n469_load_i));
    bool n531_logicalAnd = n525_lessEqual & n530_lessEqual;
    uint n532_where = n531_logicalAnd ? n524_add : n523_where;
    uint n533_add = n532_where + 16u;
    bool n534_lessEqual = !((n485_minimum < n533_add));
    uint n535_add = n482_sub + n533_add;
    uint n536_minimum = (n491_uint32_ < n535_add) ? n491_uint32_ : n535_add;
    int n536_int32_ = as_type<int>(n536_minimum);
    int n469_load_k = n469_in[as_type<uint>(n536_int32_)];
    uint n537_sub = n484_add - n533_add;
    uint n538_minimum = (n491_uint32_ < n537_sub) ? n491_uint32_ : n537_sub;
    int n538_int32_ = as_type<int>(n538_minimum);
    int n469_load_l = n469_in[as_type<uint>(n538_int32_)];
    bool n539_lessEqual = !((n469_load_l < n469_load_k));
    bool n540_logicalAnd = n534_lessEqual & n539_lessEqual;
    uint n541_where = n540_logicalAnd ? n533_add : n532_where;
    uint n542_add = n541_where + 8u;
    bool n543_lessEqual = !((n485_minimum < n542_add));
    uint n544_add = n482_sub + n542_add;
    uint n545_minimum = (n491_uint32_ < n544_add) ? n491_uint32_ : n544_add;
    int n545_int32_ = as_type<int>(n545_minimum);
    int n469_load_m = n469_in[as_type<uint>(n545_int32_)];
    uint n546_sub = n484_add - n542_add;
    uint n547_minimum = (n491_uint32_ < n546_sub) ? n491_uint32_ : n546_sub;
    int n547_int32_ = as_type<int>(n547_minimum);
    int n469_load_n = n469_in[as_type<uint>(n547_int32_)];
    bool n548_lessEqual = !((n469_load_n < n469_load_m));
    bool n549_logicalAnd = n543_lessEqual & n548_lessEqual;
    uint n550_where = n549_logicalAnd ? n542_add : n541_where;
    uint n551_add = n550_where + 4u;
    bool n552_lessEqual = !((n485_minimum < n551_add));
    uint n553_add = n482_sub + n551_add;
    uint n554_minimum = (n491_uint32_ < n553_add) ? n491_uint32_ : n553_add;
    int n554_int32_ = as_type<int>(n554_minimum);
    int n469_load_o = n469_in[as_type<uint>(n554_int32_)];
    uint n555_sub = n484_add - n551_add;
    uint n556_minimum = (n491_uint32_ < n555_sub) ? n491_uint32_ : n555_sub;
    int n556_int32_ = as_type<int>(n556_minimum);
    int n469_load_p = n469_in[as_type<uint>(n556_int32_)];
    bool n557_lessEqual = !((n469_load_p < n469_load_o));
    bool n558_logicalAnd = n552_lessEqual & n557_lessEqual;
    uint n559_where = n558_logicalAnd ? n551_add : n550_where;
    uint n560_add = n559_where + 2u;
    bool n561_lessEqual = !((n485_minimum < n560_add));
    uint n562_add = n482_sub + n560_add;
    uint n563_minimum = (n491_uint32_ < n562_add) ? n491_uint32_ : n562_add;
    int n563_int32_ = as_type<int>(n563_minimum);
    int n469_load_q = n469_in[as_type<uint>(n563_int32_)];
    uint n564_sub = n484_add - n560_add;
    uint n565_minimum = (n491_uint32_ < n564_sub) ? n491_uint32_ : n564_sub;
    int n565_int32_ = as_type<int>(n565_minimum);
    int n469_load_r = n469_in[as_type<uint>(n565_int32_)];
    bool n566_lessEqual = !((n469_load_r < n469_load_q));
    bool n567_logicalAnd = n561_lessEqual & n566_lessEqual;
    uint n568_where = n567_logicalAnd ? n560_add : n559_where;
    uint n569_add = n568_where + 1u;
    bool n570_lessEqual = !((n485_minimum < n569_add));
    uint n571_add = n482_sub + n569_add;
    uint n572_minimum = (n491_uint32_ < n571_add) ? n491_uint32_ : n571_add;
    int n572_int32_ = as_type<int>(n572_minimum);
    int n469_load_s = n469_in[as_type<uint>(n572_int32_)];
    uint n573_sub = n484_add - n569_add;
    uint n574_minimum = (n491_uint32_ < n573_sub) ? n491_uint32_ : n573_sub;
    int n574_int32_ = as_type<int>(n574_minimum);
    int n469_load_t = n469_in[as_type<uint>(n574_int32_)];
    bool n575_lessEqual = !((n469_load_t < n469_load_s));
    bool n576_logicalAnd = n570_lessEqual & n575_lessEqual;
    uint n577_where = n576_logicalAnd ? n569_add : n568_where;
    bool n587_less = n577_where < n477_minimum;
    uint n578_sub = _e20 - n577_where;
    bool n585_greaterEqual = !((n578_sub < n480_minimum));
    uint n579_add = n577_where + 1u;
    uint n580_add = n482_sub + n579_add;
    uint n581_minimum = (n491_uint32_ < n580_add) ? n491_uint32_ : n580_add;
    int n581_int32_ = as_type<int>(n581_minimum);
    int n469_load_u = n469_in[as_type<uint>(n581_int32_)];
    uint n582_sub = n484_add - n577_where;
    uint n583_minimum = (n491_uint32_ < n582_sub) ? n491_uint32_ : n582_sub;
    int n583_int32_ = as_type<int>(n583_minimum);
    int n469_load_v = n469_in[as_type<uint>(n583_int32_)];
    bool n584_lessEqual = !((n469_load_v < n469_load_u));
    bool n586_logicalOr = n585_greaterEqual | n584_lessEqual;
    bool n588_logicalAnd = n587_less & n586_logicalOr;
    uint n589_add = n475_sub + n577_where;
    uint n590_add = n478_add + n578_sub;
    uint n591_where = n588_logicalAnd ? n589_add : n590_add;
    uint n592_add = n42_mul + n591_where;
    uint n593_minimum = (n491_uint32_ < n592_add) ? n491_uint32_ : n592_add;
    int n593_int32_ = as_type<int>(n593_minimum);
    uint n468_load = n468_in[as_type<uint>(n593_int32_)];
    int _e303 = constant_d;
    uint n597_uint32_ = as_type<uint>(_e303);
    uint n597_minimum = (n597_uint32_ < n468_load) ? n597_uint32_ : n468_load;
    int n597_int32_ = as_type<int>(n597_minimum);
    int n1_load = n1_in[as_type<uint>(n597_int32_)];
    bool n9_less = n1_load < 0;
    int n10_add = as_type<int>(as_type<uint>(n1_load) + as_type<uint>(2000));
    int n11_where = n9_less ? n10_add : n1_load;
    bool n12_less = n11_where < 0;
    int n13_minimum = (2000 < n11_where) ? 2000 : n11_where;
    int n14_where = n12_less ? 2000 : n13_minimum;
    n597_out[index] = n14_where;
    n596_out[index] = n468_load;
}
